import Sequencer from '@jest/test-sequencer';

/** Suites that wait for long: begun first, others run beside them, also where no run before has taught how long each takes. */
const LONG = ['test/package/', 'test/proofs/', 'test/reconciler/', 'test/app-runtime/', 'test/demo/'];

/** Measures a rate: begun last, when the other suites leave it the processors. */
const LAST = 'test/proofs/pacing';

export default class LongFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) =>
      path.includes(LAST) ? Infinity : LONG.findIndex((part) => path.includes(part)) >>> 0;
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer's, not an array's
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
