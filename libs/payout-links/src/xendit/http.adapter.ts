import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import { AxiosError, CanceledError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

/** `Accept-Encoding` of what the adapter can decompress. */
export const ACCEPTED_ENCODINGS = 'gzip, br';

const DECOMPRESS: Readonly<Record<string, typeof gunzip.__promisify__>> = {
  gzip: promisify(gunzip),
  br: promisify(brotliDecompress),
};

/**
 * An axios adapter over `node:http` for text, which takes a fraction of the time of axios' own. It obeys `method`, `url`,
 * `headers`, `data` (a string), `httpAgent`, `httpsAgent`, `signal`, `timeout` (of the whole exchange) and
 * `maxContentLength` (also of a decompressed body), and follows neither redirects nor proxies.
 * @throws AxiosError; `ECONNABORTED` after the timeout, a CanceledError after an abort
 */
export async function httpAdapter(
  config: InternalAxiosRequestConfig<string>,
): Promise<AxiosResponse<string>> {
  const { request, response, body } = await exchange(config);
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  try {
    const plain =
      encoding === 'identity' || body.length === 0
        ? body
        : await DECOMPRESS[encoding]!(body, { maxOutputLength: config.maxContentLength });
    return {
      status: response.statusCode!,
      statusText: response.statusMessage!,
      headers: response.headers as AxiosResponse['headers'],
      data: plain.toString().replace(/^\uFEFF/, ''),
      config,
      request,
    };
  } catch {
    const message = `the response cannot be decompressed (${encoding})`;
    throw new AxiosError(message, AxiosError.ERR_BAD_RESPONSE, config, request);
  }
}

interface Exchange {
  request: http.ClientRequest;
  response: IncomingMessage;
  /** As it was sent. */
  body: Buffer;
}

function exchange(config: InternalAxiosRequestConfig<string>): Promise<Exchange> {
  const { data, signal, maxContentLength, timeout } = config;
  const url = new URL(config.url!);
  const [{ request: send }, agent] =
    url.protocol === 'https:'
      ? [https, config.httpsAgent as https.Agent]
      : [http, config.httpAgent as http.Agent];
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: config.method,
      agent,
      headers: {
        ...config.headers.toJSON(),
        ...(data !== undefined && { 'Content-Length': Buffer.byteLength(data) }),
      },
    });
    const fail = (error: AxiosError) => {
      settle();
      reject(error);
      request.destroy();
    };
    const failed = (error: Error) => fail(AxiosError.from(error, undefined, config, request));
    const abort = () => fail(new CanceledError(undefined, config, request));
    const timer = setTimeout(() => {
      fail(new AxiosError(`no response within ${timeout} ms`, AxiosError.ECONNABORTED, config, request));
    }, timeout);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener?.('abort', abort);
    };
    signal?.addEventListener?.('abort', abort);
    // A request that was given up fails once more when it is destroyed; rejecting again does nothing.
    request.on('error', failed);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        length += part.length;
        if (length <= maxContentLength!) return;
        const message = `the response is longer than ${maxContentLength} bytes`;
        fail(new AxiosError(message, AxiosError.ERR_BAD_RESPONSE, config, request));
      });
      response.on('error', failed);
      response.on('end', () => {
        settle();
        resolve({ request, response, body: parts.length === 1 ? parts[0]! : Buffer.concat(parts) });
      });
    });
    request.end(data);
  });
}
