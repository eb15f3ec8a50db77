#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import { SANDBOX_API_KEY, SANDBOX_WEBHOOK_TOKEN, SandboxStateError, startSandbox } from './index.js';
import { DEFAULT_WEBHOOK_URL } from './sandbox.options.js';
import { WEBHOOK_TOKEN, WEBHOOK_TOKEN_IS } from './webhooks/webhook.settings.js';

const BAD_USAGE = 2;

interface Arguments {
  port: number;
  host: string;
  webhookUrl?: string;
  webhookToken?: string;
  rateLimit: number;
  data?: string;
  idempotentReplay?: boolean;
}

const program = new Command()
  .name('payout-links-sandbox')
  .description('A local Xendit Payout Links server for development and tests. No real money moves.')
  .option('--port <number>', 'port to listen on; 0 picks a free one', wholeNumber(0, 65_535), 4010)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option(
    '--webhook-url <url>',
    `where webhooks go (default: as saved, else ${DEFAULT_WEBHOOK_URL})`,
    httpUrl,
  )
  .option(
    '--webhook-token <token>',
    `x-callback-token (default: as saved, else ${SANDBOX_WEBHOOK_TOKEN})`,
    headerText,
  )
  .option('--rate-limit <number>', 'requests per key, route and minute', wholeNumber(1, 1_000_000), 6_000)
  .option('--data <file>', 'JSON file that keeps links, clock and deliveries over restarts')
  .option(
    '--idempotent-replay',
    'respond to a repeated X-IDEMPOTENCY-KEY with the first link (default: refuse it)',
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : BAD_USAGE))
  .addHelpText(
    'after',
    `
API key: ${SANDBOX_API_KEY}
(any other key that begins with xnd_ is an account of its own)

Create a link, read the recipient's passcode, open its payout_url in a browser:
  curl http://127.0.0.1:4010/payouts -u ${SANDBOX_API_KEY}: \\
    -d external_id=demo_1 -d amount=23000 -d email=demo@example.com
  curl http://127.0.0.1:4010/_sandbox/emails

Claim it in the recipient's place; 123456 fails, any ordinary number succeeds:
  curl http://127.0.0.1:4010/_sandbox/claims --json '{"id":"<id>","accountNumber":"123456"}'

Let three days pass:
  curl http://127.0.0.1:4010/_sandbox/clock --json '{"advanceMs":259200000}'

Carry out the next two creates but never respond:
  curl http://127.0.0.1:4010/_sandbox/faults \\
    --json '{"route":"POST /payouts","kind":"timeout-after","times":2}'

Exit codes: 0 stopped by SIGTERM or SIGINT, 1 could not start, 2 bad usage.`,
  );

program.parse();
await run(program.opts<Arguments>());

async function run(options: Arguments): Promise<void> {
  try {
    const sandbox = await startSandbox({ defaultWebhookUrl: DEFAULT_WEBHOOK_URL, ...options });
    console.log(`listening on ${sandbox.url}`);
    const stop = () => {
      void sandbox.close().then(() => process.exit(0));
    };
    process.once('SIGTERM', stop).once('SIGINT', stop);
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof SandboxStateError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? `${message}. Choose another port with --port.` : message;
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

function headerText(text: string): string {
  if (WEBHOOK_TOKEN.test(text)) return text;
  throw new InvalidArgumentError(`Give ${WEBHOOK_TOKEN_IS}.`);
}

function httpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('Give an http:// or https:// address.');
}
