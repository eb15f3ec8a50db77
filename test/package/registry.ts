import { describe } from '@jest/globals';
import { spawnSync } from 'node:child_process';

const leaveOut = describe.skip;

/** As `describe`, for what installs packages: left out, and said so, where npm reaches no registry. */
export const describeWithRegistry: (name: string, tests: () => void) => void = answers()
  ? describe
  : (name, tests) => {
      process.stderr.write(`${name}: left out, npm reaches no registry\n`);
      leaveOut(name, tests);
    };

function answers(): boolean {
  return spawnSync('npm', ['view', 'rxjs', 'version', '--fetch-retries=0'], { timeout: 30_000 }).status === 0;
}
