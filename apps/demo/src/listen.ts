import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';

/** Where the demo can be reached after it started listening. */
export interface Listening {
  /** The bound address, as `http://…` without a trailing slash. */
  bound: string;
  /** The same, as reachable from this machine. */
  reachable: string;
}

/** The address is not available; the message says what to change. */
class AddressUnavailableError extends Error {
  readonly code = 'ADDRESS_UNAVAILABLE';
}

/** @throws AddressUnavailableError */
export async function listen(
  app: INestApplication,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const name = host.replace(/^\[|\]$/g, '');
  try {
    await app.init();
    await new Promise<void>((listening, failed) => {
      const server = app.getHttpServer() as Server;
      server.once('error', failed).listen(port, name, () => {
        server.off('error', failed);
        listening();
      });
    });
  } catch (cause) {
    throw explained(cause, host, port);
  }
  const { address, port: bound } = (app.getHttpServer() as Server).address() as AddressInfo;
  const everywhere = address === '0.0.0.0' || address === '::';
  return { bound: urlOf(address, bound), reachable: urlOf(everywhere ? '127.0.0.1' : address, bound) };
}

function urlOf(address: string, port: number): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function explained(cause: unknown, host: string, port: number): unknown {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new AddressUnavailableError(
        `Port ${port} of ${host} is in use by another program: stop that program, or set PORT to another port (0 picks a free one).`,
        { cause },
      );
    case 'EACCES':
      return new AddressUnavailableError(
        `Port ${port} may not be used by this user: set PORT to another port.`,
        {
          cause,
        },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new AddressUnavailableError(
        `${host} is not an address of this machine: set HOST to one that is.`,
        {
          cause,
        },
      );
    default:
      return cause;
  }
}
