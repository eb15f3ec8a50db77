import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

/** A server may close an idle connection at any time; a POST sent at that moment has an unknown outcome. */
const IDLE_LIMIT_MS = 1_000;

/**
 * Keep-alive agents that give up on a connection that is not ready in time, and remember which requests got one:
 * without a connection, a request cannot have reached the provider.
 */
export class Connections {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
  private readonly ready = new WeakSet<object>();
  private readonly idleSince = new WeakMap<object, number>();

  constructor(private readonly connectTimeoutMs: number) {
    this.httpAgent = this.watched(new http.Agent({ keepAlive: true }), 'connect');
    this.httpsAgent = this.watched(new https.Agent({ keepAlive: true }), 'secureConnect');
  }

  /** True when the request's connection was established, so that its bytes may have been sent. */
  mayHaveSent(request: unknown): boolean {
    const socket = request instanceof http.ClientRequest ? request.socket : null;
    return socket !== null && this.ready.has(socket);
  }

  /** Closes connections that have been idle for more than a second; called before every POST. */
  closeIdle(): void {
    const now = performance.now();
    for (const agent of [this.httpAgent, this.httpsAgent]) {
      for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
        if (now - (this.idleSince.get(socket) ?? -Infinity) > IDLE_LIMIT_MS) socket.destroy();
      }
    }
  }

  destroy(): void {
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }

  private watched<A extends http.Agent>(agent: A, readyEvent: 'connect' | 'secureConnect'): A {
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (options, callback) => {
      const socket = connect(options, callback);
      if (socket) this.watch(socket, readyEvent);
      return socket;
    };
    agent.on('free', (socket: Duplex) => this.idleSince.set(socket, performance.now()));
    return agent;
  }

  private watch(socket: Duplex, readyEvent: string): void {
    const timer = setTimeout(
      () => socket.destroy(new Error(`no connection within ${this.connectTimeoutMs} ms`)),
      this.connectTimeoutMs,
    );
    timer.unref();
    socket.once(readyEvent, () => {
      this.ready.add(socket);
      clearTimeout(timer);
    });
    socket.once('close', () => clearTimeout(timer));
  }
}
