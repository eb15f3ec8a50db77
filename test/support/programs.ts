import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The built programs. */
export const PROGRAMS = {
  demo: `${ROOT}apps/demo/dist/main.js`,
  reconciler: `${ROOT}apps/reconciler/dist/main.js`,
  sandbox: `${ROOT}libs/payout-links-sandbox/dist/main.js`,
} as const;

/** The exit and the output of a program. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A running program. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  stdout(): string;
  stderr(): string;
}

/** Starts a built program with the given environment only; `by` wraps it in another command. */
export function start(
  program: keyof typeof PROGRAMS,
  args: readonly string[],
  env: Record<string, string>,
  by: readonly string[] = [],
): Running {
  const [command, ...rest] = [...by, process.execPath, PROGRAMS[program], ...args] as [string, ...string[]];
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', LOG_FORMAT: 'text', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })),
  };
}
