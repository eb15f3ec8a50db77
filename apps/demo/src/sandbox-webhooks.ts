import { Logger } from '@nestjs/common';
import type { OpenSandbox } from 'app-runtime';
import { WEBHOOK_PATH } from 'nestjs-payout-links';

const logger = new Logger('Sandbox');

/** Directs our own sandbox's webhooks to this demo; for another program's sandbox, logs how to. */
export async function directWebhooks(sandbox: OpenSandbox | undefined, demoUrl: string): Promise<void> {
  if (!sandbox) return;
  const ours = demoUrl + WEBHOOK_PATH;
  if (sandbox.own) {
    await sandbox.setWebhookUrl(ours);
    logger.log(`sandbox at ${sandbox.url}, its webhooks come here`);
    return;
  }
  const theirs = await webhookUrlOf(sandbox.url);
  if (theirs === ours) {
    logger.log(`the sandbox that runs at ${sandbox.url} is used, its webhooks come here`);
  } else {
    logger.warn(
      `the sandbox that runs at ${sandbox.url} is used, its webhooks go ${theirs === undefined ? 'elsewhere' : `to ${theirs}`}; to get them: ` +
        `curl ${sandbox.url}/_sandbox/webhooks --json '{"url":"${ours}"}'`,
    );
  }
}

async function webhookUrlOf(sandbox: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${sandbox}/_sandbox/webhooks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.timeout(2_000),
    });
    const settings = (await response.json()) as { url?: unknown };
    return typeof settings.url === 'string' ? settings.url : undefined;
  } catch {
    return undefined;
  }
}
