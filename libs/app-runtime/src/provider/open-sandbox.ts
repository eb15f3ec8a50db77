import { SANDBOX_API_KEY, SandboxStateError, startSandbox } from 'payout-links-sandbox';

/** The port on which programs look for a sandbox. */
export const SANDBOX_PORT = 4010;

/** A running sandbox. */
export interface OpenSandbox {
  readonly url: string;
  readonly apiKey: string;
  readonly webhookToken: string;
  /** True when this program serves it. */
  readonly own: boolean;
  /** Changes where it sends webhooks; another program's sandbox may have another setting. */
  setWebhookUrl(url: string): Promise<void>;
  close(): Promise<void>;
}

/** Where to look for a sandbox, and where to start one. */
export interface OpenSandboxOptions {
  /** State file. @default '.data/sandbox.json' */
  dataFile?: string;
  /** Port to start one on; another one if it is in use. */
  port?: number;
  /** Port to look on first. @default 4010 */
  knownPort?: number;
}

/** The sandbox that listens on 4010 or serves the state file; otherwise starts one on that file. */
export async function openSandbox({
  dataFile = '.data/sandbox.json',
  port = SANDBOX_PORT,
  knownPort = SANDBOX_PORT,
}: OpenSandboxOptions = {}): Promise<OpenSandbox> {
  return (await join(`http://127.0.0.1:${knownPort}`)) ?? (await serve(dataFile, port));
}

async function serve(dataFile: string, port: number): Promise<OpenSandbox> {
  try {
    const sandbox = await startSandbox({ port, data: dataFile });
    return {
      ...sandbox,
      own: true,
      setWebhookUrl: (url) => setWebhookUrl(sandbox.url, url),
      close: () => sandbox.close(),
    };
  } catch (error) {
    if (error instanceof SandboxStateError && error.holderUrl !== undefined) {
      const joined = await join(error.holderUrl);
      if (joined) return joined;
    }
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' && port !== 0) return serve(dataFile, 0);
    throw error;
  }
}

async function join(url: string): Promise<OpenSandbox | undefined> {
  const settings = await control(url, 'webhooks', {});
  if (typeof settings?.token !== 'string') return undefined;
  return {
    url,
    apiKey: SANDBOX_API_KEY,
    webhookToken: settings.token,
    own: false,
    setWebhookUrl: (target) => setWebhookUrl(url, target),
    close: () => Promise.resolve(),
  };
}

async function setWebhookUrl(sandbox: string, url: string): Promise<void> {
  await control(sandbox, 'webhooks', { url });
}

async function control(
  url: string,
  path: string,
  body: object,
): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(`${url}/_sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(2_000),
    });
    return response.ok ? ((await response.json()) as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
