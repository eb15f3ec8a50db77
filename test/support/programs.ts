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
/** Within `XENDIT_ACCOUNTS` and `REPORT_DELIVERY`. */
const SECRET_IN_JSON = /"(apiKey|webhookTokens|secret)":\s*\[?"([^"]+)"/g;
/** An address that is not masked, in a line of a log. */
const ADDRESS_IN_LOG = /^(\{"time"|\[Nest\]).*[\w.+-]{2,}@[\w-]+\.\w/m;
/** Lines of a log that only the levels `trace` and `debug` have. */
const DETAILS = /^(\{"time":"[^"]*","level":"(trace|debug)"|\[Nest\] \d+ +- \S+ +(DEBUG|VERBOSE) ).*\n/gm;

/** The secrets of its environment that a program has printed, and addresses that it has logged. */
function leaksIn(output: string, env: Record<string, string>): string[] {
  const json = `${env.XENDIT_ACCOUNTS ?? ''} ${env.REPORT_DELIVERY ?? ''}`;
  const secrets = [
    ...SECRETS.map((name) => [name, env[name] ?? '']),
    ...[...json.matchAll(SECRET_IN_JSON)].map(([, name, value]) => [name!, value!]),
  ] as [string, string][];
  const leaked = secrets
    .filter(([, values]) =>
      values.split(',').some((value) => value.trim().length >= 12 && output.includes(value.trim())),
    )
    .map(([name]) => name);
  return ADDRESS_IN_LOG.test(output) ? [...leaked, 'an e-mail address'] : leaked;
}

/**
 * Starts a built program with the given environment only; `by` wraps it in another command. Unless the environment has a
 * level, its log is searched at `trace` and returned at `info`. `ended` rejects when it has printed a secret.
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
      LOG_LEVEL: 'trace',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const shown = (output: string) => (env.LOG_LEVEL ? output : output.replaceAll(DETAILS, ''));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  return {
    child,
    stdout: () => shown(stdout),
    stderr: () => shown(stderr),
    ended: once(child, 'close').then(([code]) => {
      const leaked = leaksIn(stdout + stderr, env);
      if (leaked.length > 0) throw new Error(`${program} ${args[0] ?? ''} has printed ${leaked.join(', ')}`);
      return { code: code as number | null, stdout: shown(stdout), stderr: shown(stderr) };
    }),
  };
}
