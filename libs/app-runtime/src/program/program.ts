/** Exit codes of all programs. */
export const ExitCode = { DONE: 0, COULD_NOT_RUN: 1, BAD_USAGE: 2 } as const;

const SHUTDOWN_MS = 9_000;

/** A running program: its open resources, and whether it was asked to stop. */
export class Program {
  readonly #opened: (() => Promise<unknown>)[] = [];
  readonly #stop = new AbortController();
  #report = (error: unknown) => console.error(explain(error));

  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: globalThis.AbortSignal = this.#stop.signal;

  /** Registers a resource to close at the end; the last one opened is closed first. */
  own<T extends { close(): Promise<unknown> }>(opened: T): T {
    this.#opened.push(() => opened.close());
    return opened;
  }

  /** Waits until the program is asked to stop. */
  stopped(): Promise<void> {
    return new Promise((done) => {
      if (this.signal.aborted) done();
      this.signal.addEventListener('abort', () => done(), { once: true });
    });
  }

  /** From now on errors are lines of a log that other programs read. */
  logTo(logger: { error(message: string, stack: string | undefined, context: string): void }): void {
    this.#report = (error) => {
      const stack = error instanceof Error && !isKnown(error) ? error.stack : undefined;
      logger.error(error instanceof Error ? error.message : String(error), stack, 'Program');
    };
  }

  report(error: unknown): void {
    this.#report(error);
  }

  stop(): void {
    this.#stop.abort();
  }

  async close(): Promise<void> {
    for (const close of this.#opened.splice(0).toReversed()) {
      try {
        await close();
      } catch (error) {
        console.error(`while ending: ${explain(error)}`);
      }
    }
  }
}

/**
 * Runs a program and ends the process, with the exit code that `work` returns or that its error carries, else 1.
 * SIGTERM and SIGINT abort `program.signal`. The process ends within ten seconds of a signal or of its result.
 */
export async function runProgram(work: (program: Program) => Promise<number>): Promise<never> {
  const program = new Program();
  const stop = () => {
    if (program.signal.aborted) return;
    program.stop();
    endByForce(ExitCode.DONE);
  };
  // Not `once`: a library that finds itself the only listener would end the process on the signal.
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // A library listens to it too and would end the process. With another listener the write fails instead, and the
  // error can be reported.
  process.on('SIGXFSZ', () => undefined);
  let exitCode: number;
  try {
    exitCode = await work(program);
  } catch (error) {
    if (program.signal.aborted) {
      exitCode = ExitCode.DONE;
    } else {
      program.report(error);
      exitCode = exitCodeOf(error);
    }
  }
  endByForce(exitCode);
  await program.close();
  process.exit(exitCode);
}

/** Also keeps the process alive until everything is closed. */
function endByForce(exitCode: number): void {
  setTimeout(() => {
    console.error(`ended by force after ${SHUTDOWN_MS / 1_000} s`);
    process.exit(exitCode);
  }, SHUTDOWN_MS);
}

/** The exit code of an error, else 1. */
export function exitCodeOf(error: unknown): number {
  const carried = error instanceof Error && 'exitCode' in error ? error.exitCode : undefined;
  return typeof carried === 'number' ? carried : ExitCode.COULD_NOT_RUN;
}

/** What the database driver says of a lost connection, some of it without a code. */
const LOST_CONNECTION =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|terminating connection)/;

/** A coded error's message; for any other error the stack too. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (LOST_CONNECTION.test(error.message))
    return `The connection to the database was lost (${error.message}). Run it again: it continues where it was.`;
  return isKnown(error) ? error.message : (error.stack ?? error.message);
}

function isKnown(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string';
}
