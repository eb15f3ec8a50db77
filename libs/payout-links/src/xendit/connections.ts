import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

/**
 * Keep-alive agents that give up on a connection which is not ready in time, and that remember which ones were:
 * a request whose connection never was ready cannot have reached the provider.
 */
export class Connections {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
  private readonly ready = new WeakSet<object>();

  constructor(private readonly connectTimeoutMs: number) {
    this.httpAgent = this.watched(new http.Agent({ keepAlive: true }), 'connect');
    this.httpsAgent = this.watched(new https.Agent({ keepAlive: true }), 'secureConnect');
  }

  /** True when the request's connection was established, so that its bytes may have gone out. */
  mayHaveSent(request: unknown): boolean {
    const socket = request instanceof http.ClientRequest ? request.socket : null;
    return socket !== null && this.ready.has(socket);
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
