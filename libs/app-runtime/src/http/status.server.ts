import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Health } from '../health/health.service.js';
import { PROMETHEUS_TEXT, type Telemetry } from '../telemetry/telemetry.js';
import { listen } from './listen.js';

/** What the server shows. */
interface Shown {
  telemetry: Telemetry;
  health: { live(): Health; ready(): Promise<Health> };
}

/** `/metrics` and `/health/*` of a program without another HTTP server, to anyone who can reach the address. */
export async function serveStatus(
  shown: Shown,
  address: { host: string; port: number },
): Promise<{ bound: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    respond(shown, request, response).catch(() => response.destroy());
  });
  const { bound } = await listen(server, address, { host: 'METRICS_HOST', port: 'METRICS_PORT' });
  return {
    bound,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  { telemetry, health }: Shown,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('Cache-Control', 'no-store');
  if (method !== 'GET' && method !== 'HEAD')
    return json(response, 405, errorOf('METHOD_NOT_ALLOWED', 'only GET'));
  switch (url.split('?')[0]) {
    case '/metrics': {
      const text = await telemetry.text();
      response.setHeader('Content-Type', PROMETHEUS_TEXT).end(text);
      return;
    }
    case '/health/live': {
      const { status, body } = health.live();
      return json(response, status, body);
    }
    case '/health/ready': {
      const { status, body } = await health.ready();
      return json(response, status, body);
    }
    default:
      return json(response, 404, errorOf('NOT_FOUND', 'here are /metrics, /health/live and /health/ready'));
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  if (status === 503) response.setHeader('Retry-After', '5');
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

function errorOf(code: string, message: string): object {
  return { error: { code, message } };
}
