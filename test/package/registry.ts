import { describe } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { FULL } from '../proofs/size.js';

const leaveOut = describe.skip;
const reason = whyNot();

/**
 * `describe` for suites that install packages. They take a minute of npm's time, so they run when `CI` is set and
 * under `npm run proofs:full`; they are skipped, and reported as skipped, elsewhere and without a registry.
 */
export const describeWithRegistry: (name: string, tests: () => void) => void =
  reason === undefined
    ? describe
    : (name, tests) => {
        process.stderr.write(`${name}: left out, ${reason}\n`);
        leaveOut(name, tests);
      };

function whyNot(): string | undefined {
  if (!FULL && !process.env.CI) return 'it runs with CI=true and under npm run proofs:full';
  const responds =
    spawnSync('npm', ['view', 'rxjs', 'version', '--fetch-retries=0'], { timeout: 30_000 }).status === 0;
  return responds ? undefined : 'npm reaches no registry';
}
