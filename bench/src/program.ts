import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SANDBOX_API_KEY, SANDBOX_WEBHOOK_TOKEN } from 'payout-links-sandbox';

/** What a program under measurement says to the bench. */
export type Message = { ready: true } | { response: unknown } | { failed: string };

/** Of the sandbox: loading it would be part of what is measured. */
const KEYS = { apiKey: SANDBOX_API_KEY, webhookToken: SANDBOX_WEBHOOK_TOKEN };

/** A program of `programs/` in a separate process, which runs one command at a time. */
export class Program {
  private constructor(
    private readonly child: ChildProcess,
    private readonly name: string,
  ) {}

  /** Resolves once the program is ready. @param settings what it is built with, as JSON */
  static async start(name: string, settings: object): Promise<Program> {
    const file = fileURLToPath(new URL(`programs/${name}.program.js`, import.meta.url));
    const program = new Program(fork(file, [JSON.stringify({ ...KEYS, ...settings })]), name);
    await program.heard();
    return program;
  }

  /** @throws the program's error */
  async call<Result>(command: string, argument?: unknown): Promise<Result> {
    this.child.send({ command, argument });
    return (await this.heard()) as Result;
  }

  /** Lets the program end by itself, so that a profile of it is written. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    await ended;
  }

  private async heard(): Promise<unknown> {
    const listening = new AbortController();
    const { signal } = listening;
    try {
      const message = await Promise.race([
        once(this.child, 'message', { signal }).then(([heard]) => heard as Message),
        once(this.child, 'exit', { signal }).then(([code]): Message => ({ failed: `it ended with ${code}` })),
      ]);
      if ('failed' in message) throw new Error(`${this.name}: ${message.failed}`);
      return 'response' in message ? message.response : undefined;
    } finally {
      listening.abort();
    }
  }
}
