import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';

/** The browser of the system; `.ci/run` installs it where it is missing. */
export const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

const leaveOut = describe.skip;

/** As `describe`, for what a browser looks at: left out, and said so, where there is none. */
export const describeInBrowser: (name: string, tests: () => void) => void = existsSync(CHROMIUM)
  ? describe
  : (name, tests) => {
      process.stderr.write(`${name}: left out, there is no ${CHROMIUM} (CHROMIUM_PATH)\n`);
      leaveOut(name, tests);
    };
