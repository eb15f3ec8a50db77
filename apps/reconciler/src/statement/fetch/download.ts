import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { attempt, PassingFailure } from './attempts.js';
import { limitedBody, TooLargeError } from './limited-body.js';
import { StatementNotFetchedError } from './statement-not-fetched.error.js';

/** The largest file that is downloaded. Bytes. */
const MAX_FILE_BYTES = 200_000_000;

const MAX_REDIRECTS = 5;
const TIMEOUT_MS = 10 * 60_000;

/** How a file is downloaded. */
export interface DownloadOptions {
  signal: AbortSignal;
  /** @default 200 MB */
  maxBytes?: number;
  /** Before each further attempt, in milliseconds. */
  waitsMs?: readonly number[];
}

/**
 * Downloads a report's file: without the key, over https unless the host is this machine, also where it redirects.
 * @throws StatementNotFetchedError
 */
export async function download(
  address: string,
  file: string,
  { signal, maxBytes = MAX_FILE_BYTES, waitsMs }: DownloadOptions,
): Promise<void> {
  try {
    await attempt(() => downloadOnce(address, file, signal, maxBytes), signal, waitsMs);
  } catch (error) {
    if (error instanceof TooLargeError)
      throw new StatementNotFetchedError(
        `The report's file is larger than ${maxBytes / 1_000_000} MB. Match a shorter period`,
      );
    if (error instanceof PassingFailure)
      throw new StatementNotFetchedError(`The report's file was not downloaded: ${error.message}`, {
        cause: error,
      });
    throw error;
  }
}

async function downloadOnce(
  address: string,
  file: string,
  signal: AbortSignal,
  maxBytes: number,
): Promise<void> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await open(address, stop);
  const { status } = response;
  if (status === 401 || status === 403)
    throw new StatementNotFetchedError(
      `The host of the report's file asks for authentication (HTTP ${status}); the key is not sent there`,
    );
  if (status >= 500 || status === 429) throw new PassingFailure(`HTTP ${status}`);
  if (!response.ok)
    throw new StatementNotFetchedError(`The report's file was not downloaded: HTTP ${status}`);
  try {
    await pipeline(limitedBody(response, maxBytes), createWriteStream(file));
  } catch (cause) {
    await response.body?.cancel().catch(() => undefined);
    if (cause instanceof TooLargeError || (cause as NodeJS.ErrnoException).syscall === 'write') throw cause;
    throw new PassingFailure('the connection ended before the file did', { cause });
  }
}

async function open(address: string, signal: AbortSignal): Promise<Response> {
  let url = allowed(address, null);
  for (let redirects = 0; ; redirects += 1) {
    let response: Response;
    try {
      response = await fetch(url, { redirect: 'manual', signal });
    } catch (cause) {
      throw new PassingFailure('its host did not respond', { cause });
    }
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    if (redirects === MAX_REDIRECTS)
      throw new StatementNotFetchedError("The host of the report's file redirects too often");
    url = allowed(location, url);
  }
}

/** @throws StatementNotFetchedError for an address that a file is not downloaded from */
function allowed(address: string, from: URL | null): URL {
  const url = URL.canParse(address, from?.href) ? new URL(address, from?.href) : null;
  if (!url || url.username !== '' || url.password !== '')
    throw new StatementNotFetchedError("The address of the report's file is not usable");
  // A redirect may lead to this machine only from there.
  const mayBeLoopback = from === null || isLoopback(from);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url) && mayBeLoopback)) return url;
  throw new StatementNotFetchedError(
    `The report's file is ${from === null ? '' : 'redirected to where it is '}not served over https (${url.protocol}//${url.host})`,
  );
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
