import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../support/until.js';

const FIXTURE = 'test/app-runtime/program.fixture.mjs';

/** A process of the fixture and its output. */
export class RunningProgram {
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  stdout = '';
  stderr = '';

  constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (part: Buffer) => (this.stdout += part.toString()));
    child.stderr?.on('data', (part: Buffer) => (this.stderr += part.toString()));
    this.ended = once(child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string | null,
    }));
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Waits for a line with this beginning and returns the rest of that line. */
  async said(beginning: string): Promise<string> {
    const find = () =>
      this.stdout
        .split('\n')
        .slice(0, -1)
        .find((line) => line.startsWith(beginning));
    await until(
      beginning,
      () => find() !== undefined || this.child.exitCode !== null || this.child.signalCode !== null,
    );
    const line = find();
    if (line === undefined) throw new Error(`ended without ${beginning}: ${this.stdout}${this.stderr}`);
    return line.slice(beginning.length).trim();
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; signal: string | null }> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Starts one of the fixture's programs. */
export function startProgram(what: string, given: object = {}): RunningProgram {
  return new RunningProgram(
    spawn(process.execPath, [FIXTURE, what, JSON.stringify(given)], { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
