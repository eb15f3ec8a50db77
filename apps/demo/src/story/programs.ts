import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const DEMO = fileURLToPath(new URL('../main.js', import.meta.url));
const RECONCILER = fileURLToPath(new URL('../../../reconciler/dist/main.js', import.meta.url));

/** A running demo in its own process. */
export interface RunningDemo {
  url: string;
  close(): Promise<void>;
}

/** Starts the demo on a free port. */
export async function startDemo(): Promise<RunningDemo> {
  const child = spawn(process.execPath, [DEMO], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the demo ended with exit code ${code}`);
  });
  const url = await Promise.race([boundAddress(child), ended]);
  ended.catch(() => undefined);
  return { url, close: () => end(child) };
}

/** The reconciler's output for a run. */
export interface RunOutcome {
  exitCode: number;
  runs: {
    date: string;
    reportSet: string;
    footed: boolean;
    failures: number;
    transitions: number;
    coverage: { open: number; read: number; unreachable: number; firstSeenByPoll: number | null };
  }[];
}

/** Runs the reconciler for a date. */
export function reconcile(date: string): Promise<RunOutcome> {
  return runReconciler<RunOutcome>('run', '--date', date);
}

/** The reconciler's output for a match; null for what there is none of. */
export interface MatchOutcome {
  exitCode: number;
  reportSet: string | null;
  results: Record<string, { count: number; amount: string }> | null;
  fees: string | null;
  vat: string | null;
  balanced: boolean | null;
}

/** Compares a date with the provider's statement. */
export function match(date: string): Promise<MatchOutcome> {
  return runReconciler<MatchOutcome>('match', '--fetch', '--from', date, '--to', date);
}

async function runReconciler<Outcome>(...args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [RECONCILER, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [text] = await Promise.all([readAll(child), once(child, 'exit')]);
  return JSON.parse(text) as Outcome;
}

async function boundAddress(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stdout!)) {
    const url = /listening on (http:[^\s"]+)/.exec(line)?.[1];
    if (url !== undefined) {
      child.stdout!.resume();
      return url;
    }
  }
  return new Promise(() => undefined);
}

async function readAll(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const part of child.stdout!) text += String(part);
  return text;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
