import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What happens to a statement. */
export type Attack =
  /** The session ends before the statement reaches the server. */
  | 'lost before'
  /** The session ends after the statement was carried out, before its result arrives. */
  | 'lost after'
  /** The server refuses it with this SQLSTATE, having done nothing. */
  | { sqlState: string };

/** Every way in which a statement can fail that is not the statement's fault. */
export const ATTACKS: readonly Attack[] = [
  'lost before',
  'lost after',
  // Serialization failure, deadlock, statement timeout, disk full, out of memory, too many connections, shutting down.
  ...['40001', '40P01', '57014', '53100', '53200', '53300', '57P01'].map((sqlState) => ({ sqlState })),
];

const SYNC = 'S'.charCodeAt(0);
/** Ends the requests of a cursor, which sends a Sync only at its end. */
const FLUSH = 'H'.charCodeAt(0);
const SIMPLE_QUERY = 'Q'.charCodeAt(0);
const PARSE = 'P'.charCodeAt(0);
const BIND = 'B'.charCodeAt(0);
const TERMINATE = 'X'.charCodeAt(0);
/** The end of every response of the server: ReadyForQuery, apart from the transaction's state. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5]);

/** A server of PostgreSQL that fails on demand: reads the wire protocol between a client and the real one. */
export class HostileDatabase {
  private readonly sockets = new Set<Socket>();
  /** Chooses what happens to a statement, by its text; null lets it pass. */
  onStatement: (sql: string) => Attack | null = () => null;

  private constructor(
    /** Of the database, through the hostile server. */
    readonly url: string,
    private readonly stop: () => Promise<void>,
  ) {}

  static async before(databaseUrl: string): Promise<HostileDatabase> {
    const target = new URL(databaseUrl);
    const server = createServer((client) => database.serve(client, target));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const through = new URL(databaseUrl);
    through.hostname = '127.0.0.1';
    through.port = String((server.address() as AddressInfo).port);
    const database: HostileDatabase = new HostileDatabase(through.href, async () => {
      await new Promise((done) => server.close(done));
    });
    return database;
  }

  async close(): Promise<void> {
    this.endSessions();
    await this.stop();
  }

  /** Every session is lost. */
  endSessions(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private serve(client: Socket, { hostname, port }: URL): void {
    const server = connect({ host: hostname, port: Number(port) });
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.sockets.delete(socket);
        end();
      });
    }
    let losesResult = false;
    let isOfCursor = false;
    server.on('data', (data: Buffer) => {
      if (!losesResult) client.write(data);
      // Nothing marks the end of a cursor's response.
      else if (isOfCursor || data.subarray(-6, -1).equals(READY)) end();
    });
    const statements = new Map<string, string>();
    let pending: Buffer = Buffer.alloc(0);
    let started = false;
    let batch: Buffer[] = [];
    let sql = '';
    client.on('data', (data: Buffer) => {
      pending = Buffer.concat([pending, data]);
      for (;;) {
        const head = started ? 1 : 0;
        if (pending.length < head + 4) return;
        const length = head + pending.readInt32BE(head);
        if (pending.length < length) return;
        const message = pending.subarray(0, length);
        pending = pending.subarray(length);
        const type = started ? message[0]! : 0;
        started = true;
        batch.push(message);
        if (type === PARSE || type === SIMPLE_QUERY) sql = textOf(message, statements);
        else if (type === BIND) sql = statements.get(nameOfBind(message)) ?? sql;
        if (type === BIND || type === PARSE) continue;
        if (type !== SYNC && type !== FLUSH && type !== SIMPLE_QUERY) {
          // Of a statement, or of the handshake; a session that ends says so.
          if (isOfStatement(type) && type !== TERMINATE) continue;
          server.write(Buffer.concat(batch));
          batch = [];
          continue;
        }
        const attack = this.onStatement(sql);
        const whole = Buffer.concat(batch);
        batch = [];
        const isRefused = attack !== null && typeof attack === 'object';
        if (attack === 'lost before' || (isRefused && type === FLUSH)) return end();
        isOfCursor = type === FLUSH;
        if (attack === 'lost after') losesResult = true;
        if (attack === null || attack === 'lost after') server.write(whole);
        else client.write(refusal(attack.sqlState));
      }
    });
  }
}

/** Describe, Execute and Close come before a Sync or Flush. */
function isOfStatement(type: number): boolean {
  return ['D', 'E', 'C'].some((letter) => letter.charCodeAt(0) === type);
}

/** Of a Parse, which also names it, or of a simple query. */
function textOf(message: Buffer, statements: Map<string, string>): string {
  if (message[0] === SIMPLE_QUERY) return message.toString('utf8', 5, message.length - 1);
  const nameEnd = message.indexOf(0, 5);
  const text = message.toString('utf8', nameEnd + 1, message.indexOf(0, nameEnd + 1));
  statements.set(message.toString('utf8', 5, nameEnd), text);
  return text;
}

function nameOfBind(message: Buffer): string {
  const portalEnd = message.indexOf(0, 5);
  return message.toString('utf8', portalEnd + 1, message.indexOf(0, portalEnd + 1));
}

/** ErrorResponse and ReadyForQuery. */
function refusal(sqlState: string): Buffer {
  const fields = Buffer.from(`SERROR\0VERROR\0C${sqlState}\0Ma hostile database refuses it\0\0`);
  const error = Buffer.alloc(5);
  error.write('E');
  error.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([error, fields, READY, Buffer.from('I')]);
}
