import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * How long an idle connection stays open: longer than clients and load balancers keep it (60 to 600 seconds), so that none
 * of them sends a request on a connection that is just being closed.
 */
const KEEP_ALIVE_MS = 620_000;

/** Where a server can be reached. */
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

/**
 * @param variables the settings of host and port, for the message
 * @throws AddressUnavailableError
 */
export async function listen(
  server: Server,
  { host, port }: { host: string; port: number },
  variables: { host: string; port: string },
): Promise<Listening> {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  try {
    await new Promise<void>((listening, failed) => {
      server.once('error', failed).listen(port, host.replace(/^\[|\]$/g, ''), () => {
        server.off('error', failed);
        listening();
      });
    });
  } catch (cause) {
    const message = messageOf((cause as NodeJS.ErrnoException).code, host, port, variables);
    throw message === undefined ? cause : new AddressUnavailableError(message, { cause });
  }
  const { address, port: bound } = server.address() as AddressInfo;
  const everywhere = address === '0.0.0.0' || address === '::';
  return { bound: urlOf(address, bound), reachable: urlOf(everywhere ? '127.0.0.1' : address, bound) };
}

function urlOf(address: string, port: number): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function messageOf(
  code: string | undefined,
  host: string,
  port: number,
  variables: { host: string; port: string },
): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use by another program: stop that program, or set ${variables.port} to another port (0 picks a free one).`;
    case 'EACCES':
      return `Port ${port} may not be used by this user: set ${variables.port} to another port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine: set ${variables.host} to one that is.`;
    default:
      return undefined;
  }
}
