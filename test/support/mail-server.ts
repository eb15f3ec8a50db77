import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail that the server took, and for whom. */
export interface ReceivedMail extends ParsedMail {
  recipients: string[];
}

/** A real SMTP server on a free port. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  /** Connections so far. */
  connections = 0;
  /** Addresses that are refused for good. */
  readonly refused = new Set<string>();

  private constructor(
    private readonly server: SMTPServer,
    readonly port: number,
  ) {}

  /** @param port @default a free one */
  static async start(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
    // Assigned before the first connection.
    let self: MailServer | undefined;
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onConnect: (_, done) => {
        self!.connections += 1;
        done();
      },
      onRcptTo: ({ address }, _, done) => {
        const isRefused = self!.refused.has(address);
        done(
          isRefused ? Object.assign(new Error(`<${address}> is unknown here`), { responseCode: 550 }) : null,
        );
      },
      onData: (stream, { envelope }, done) => {
        void self!
          .take(
            stream,
            envelope.rcptTo.map(({ address }) => address),
          )
          .finally(() => done());
      },
      ...options,
    });
    server.on('error', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    self = new MailServer(server, (server.server.address() as AddressInfo).port);
    return self;
  }

  /** An `email` target of `REPORT_DELIVERY`. */
  target(given: object = {}): object {
    return {
      type: 'email',
      name: 'finance',
      smtpUrl: `smtp://127.0.0.1:${this.port}`,
      from: 'Payouts <payouts@example.com>',
      to: ['finance@example.com'],
      ...given,
    };
  }

  private async take(stream: Readable, recipients: string[]): Promise<void> {
    this.mails.push({ ...(await simpleParser(stream)), recipients });
  }

  close(): Promise<void> {
    return new Promise((closed) => this.server.close(() => closed()));
  }
}
