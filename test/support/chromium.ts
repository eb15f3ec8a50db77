import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';

/** The system's browser; `.ci/run` installs it if it is missing. */
export const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

const leaveOut = describe.skip;

/** `describe` for browser suites: skipped, and reported as skipped, without a browser. */
export const describeInBrowser: (name: string, tests: () => void) => void = existsSync(CHROMIUM)
  ? describe
  : (name, tests) => {
      process.stderr.write(`${name}: left out, there is no ${CHROMIUM} (CHROMIUM_PATH)\n`);
      leaveOut(name, tests);
    };
