import { describe } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { FULL } from '../proofs/size.js';

const leaveOut = describe.skip;
const reason = whyNot();

/**
 * As `describe`, for what installs packages: a minute of npm's, so it runs where `CI` is set and under
 * `npm run proofs:full`; left out, and said so, elsewhere and where npm reaches no registry.
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
  const answers =
    spawnSync('npm', ['view', 'rxjs', 'version', '--fetch-retries=0'], { timeout: 30_000 }).status === 0;
  return answers ? undefined : 'npm reaches no registry';
}
