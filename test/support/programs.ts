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

const SECRETS = ['XENDIT_API_KEY', 'XENDIT_WEBHOOK_TOKENS', 'DEMO_API_KEY'];
/** An address that is not masked, in a line of a log. */
const ADDRESS_IN_LOG = /^(\{"time"|\[Nest\]).*[\w.+-]{2,}@[\w-]+\.\w/m;
/** `TEST_LOG_LEVEL=trace` searches more; tests of what a program says then fail. */
const LOG_LEVEL = process.env.TEST_LOG_LEVEL;

/** The secrets of its environment that a program has printed, and addresses that it has logged. */
function leaksIn(output: string, env: Record<string, string>): string[] {
  const leaked = SECRETS.filter((name) => {
    const values = (env[name] ?? '').split(',').filter((value) => value.trim().length >= 12);
    return values.some((value) => output.includes(value.trim()));
  });
  return ADDRESS_IN_LOG.test(output) ? [...leaked, 'an e-mail address'] : leaked;
}

/**
 * Starts a built program with the given environment only; `by` wraps it in another command. `ended` rejects when it has
 * printed a secret.
 */
export function start(
  program: keyof typeof PROGRAMS,
  args: readonly string[],
  env: Record<string, string>,
  by: readonly string[] = [],
): Running {
  const [command, ...rest] = [...by, process.execPath, PROGRAMS[program], ...args] as [string, ...string[]];
  const child = spawn(command, rest, {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NO_COLOR: '1',
      LOG_FORMAT: 'text',
      ...env,
      ...(LOG_LEVEL && { LOG_LEVEL }),
    },
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
    ended: once(child, 'close').then(([code]) => {
      const leaked = leaksIn(stdout + stderr, env);
      if (leaked.length > 0) throw new Error(`${program} ${args[0] ?? ''} has printed ${leaked.join(', ')}`);
      return { code: code as number | null, stdout, stderr };
    }),
  };
}
