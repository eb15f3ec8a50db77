import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ROOT } from './stage.js';

const LEAVE_PEAK_MEMORY = fileURLToPath(new URL('programs/leave-peak-memory.js', import.meta.url));

/** What a command of the reconciler took. */
export interface Timed {
  seconds: number;
  peakBytes: number;
}

/** Runs a command of the reconciler in a separate process. @throws when it does not end with 0 */
export async function reconcile(
  args: readonly string[],
  reportsDir: string,
  environment: Readonly<Record<string, string>>,
): Promise<Timed> {
  const peakFile = join(reportsDir, 'peak-memory');
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [...process.execArgv, `${ROOT}apps/reconciler/dist/main.js`, ...args],
    {
      cwd: reportsDir,
      env: {
        ...process.env,
        REPORTS_DIR: reportsDir,
        LOG_LEVEL: 'warn',
        ...environment,
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${LEAVE_PEAK_MEMORY}`,
        PEAK_MEMORY_FILE: peakFile,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const [code] = await once(child, 'close');
  const seconds = (performance.now() - startedAt) / 1_000;
  if (code !== 0) throw new Error(`reconcile ${args.join(' ')} ended with ${code}: ${said}`);
  return { seconds, peakBytes: Number(await readFile(peakFile, 'utf8')) };
}
