import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linesOfFailure, type FailureEvent, type FailureLine } from './failure-lines.js';

const moved = (failed: boolean, version: number, before = false): FailureEvent => ({
  kind: 'MOVED',
  failed,
  version,
  before,
});
const writtenOff = (version: number, before = false): FailureEvent => ({
  kind: 'WRITTEN_OFF',
  failed: false,
  version,
  before,
});
const replaced = (before = false): FailureEvent => ({ kind: 'REPLACED', failed: false, version: 0, before });

describe('the lines in which a failure counts', () => {
  it.each<[string, FailureEvent[], FailureLine[]]>([
    ['a new failure', [moved(false, 1, true), moved(true, 2)], ['failures_new']],
    ['one that was there before', [moved(true, 2, true)], []],
    [
      'one that arises and is paid after all',
      [moved(true, 2), moved(false, 3)],
      ['failures_new', 'failures_settled'],
    ],
    [
      'one that fails again',
      [moved(true, 2, true), moved(false, 3, true), moved(true, 4)],
      ['failures_reopened'],
    ],
    ['one that fails in another way', [moved(true, 2, true), moved(true, 3)], []],
    ['one that is written off', [moved(true, 2, true), writtenOff(2)], ['failures_written_off']],
    [
      'one that is written off twice',
      [moved(true, 2, true), writtenOff(2), writtenOff(2)],
      ['failures_written_off'],
    ],
    [
      'one that changes after it was written off',
      [moved(true, 2, true), writtenOff(2, true), moved(true, 3)],
      ['failures_reopened'],
    ],
    [
      'a write-off of what has changed since',
      [moved(true, 2), moved(true, 3), writtenOff(2)],
      ['failures_new'],
    ],
    ['one that is replaced', [moved(true, 2, true), replaced()], ['failures_replaced']],
    ['one that was replaced and is paid late', [moved(true, 2, true), replaced(true), moved(false, 3)], []],
    [
      'one that was replaced and fails again',
      [moved(true, 2, true), replaced(true), moved(false, 3), moved(true, 4)],
      [],
    ],
    [
      'one that was written off and is sent again by force',
      [moved(true, 2, true), writtenOff(2, true), replaced()],
      ['failures_reopened', 'failures_replaced'],
    ],
    ['a voided link that is sent again', [moved(false, 2, true), replaced()], []],
  ])('%s', (_, events, lines) => {
    expect(linesOfFailure(events)).toEqual(lines);
  });

  it('lead from what is to be settled before to what is to be settled after (property)', () => {
    const steps = fc.array(fc.constantFrom('fails', 'recovers', 'writes off', 'replaces'), { maxLength: 12 });
    fc.assert(
      fc.property(steps, fc.nat({ max: 12 }), (path, beforeUntil) => {
        let version = 1;
        const events = path.map((step, index): FailureEvent => {
          const before = index < beforeUntil;
          if (step === 'writes off') return writtenOff(version, before);
          if (step === 'replaces') return replaced(before);
          version += 1;
          return moved(step === 'fails', version, before);
        });
        const signs: Record<FailureLine, number> = {
          failures_new: 1,
          failures_reopened: 1,
          failures_replaced: -1,
          failures_settled: -1,
          failures_written_off: -1,
        };
        const change = linesOfFailure(events).reduce((sum, line) => sum + signs[line], 0);
        expect(change).toBe(listed(path) - listed(path.slice(0, beforeUntil)));
      }),
    );
  });
});

/** 1 when the path ends on the list of failures to settle: by its last steps alone. */
function listed(path: readonly string[]): number {
  const last = path.findLastIndex((step) => step === 'fails' || step === 'recovers');
  const isFailed = path[last] === 'fails';
  return Number(isFailed && !path.slice(last).includes('writes off') && !path.includes('replaces'));
}
