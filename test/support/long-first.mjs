import Sequencer from '@jest/test-sequencer';

/** Slow suites start first and the others run beside them, even without timings of an earlier run. */
const LONG = ['test/package/', 'test/proofs/', 'test/reconciler/', 'test/app-runtime/', 'test/demo/'];

/** Measures a rate: runs last, when the processors are free. */
const LAST = 'test/proofs/rate';

export default class LongFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) =>
      path.includes(LAST) ? Infinity : LONG.findIndex((part) => path.includes(part)) >>> 0;
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer's, not an array's
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
