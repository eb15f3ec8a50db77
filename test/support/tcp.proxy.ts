import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A network that can fail: forwards connections to a server, or drops and refuses them. */
export class TcpProxy {
  readonly #sockets = new Set<Socket>();
  #cut = false;

  private constructor(
    readonly port: number,
    readonly close: () => Promise<void>,
  ) {}

  /** The same address through the proxy. */
  static async before(url: string): Promise<{ proxy: TcpProxy; url: string }> {
    const target = new URL(url);
    const server = createServer((socket) => proxy.pass(socket, target));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const proxy = new TcpProxy(port, async () => {
      proxy.cut();
      await new Promise((done) => server.close(done));
    });
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(port);
    return { proxy, url: through.href };
  }

  /** Every connection is lost, and no new one is accepted. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  restore(): void {
    this.#cut = false;
  }

  private pass(socket: Socket, { hostname, port }: URL): void {
    if (this.#cut) {
      socket.resetAndDestroy();
      return;
    }
    const far = connect({ host: hostname, port: Number(port) });
    for (const end of [socket, far]) {
      this.#sockets.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        this.#sockets.delete(end);
        socket.destroy();
        far.destroy();
      });
    }
    socket.pipe(far).pipe(socket);
  }
}
