import type { DeliveryContent } from '../content.js';
import { lineOf } from '../slot-digest.js';

/** One line that says whether someone must act; English in every language, for filters. */
export function subjectOf(content: DeliveryContent): string {
  switch (content.type) {
    case 'failed': {
      const { account, date } = content.run;
      return `Payout links ${account} ${date}: COULD NOT RUN`;
    }
    case 'slot': {
      const { account, date, footed, incomplete } = content.result;
      const { count } = lineOf(content.digest, 'failures_closing');
      const failures = `${count} ${count === 1 ? 'failure' : 'failures'} to settle`;
      return `Payout links ${account} ${date}: ${failures}, ${stateOf(footed, incomplete)}`;
    }
    case 'statement': {
      const { account, from, to, balanced } = content.outcome;
      return `Payout links ${account} ${from}–${to}: ${balanced ? findingsOf(content.findings) : 'DOES NOT BALANCE'}`;
    }
  }
}

function stateOf(balanced: boolean, incomplete: boolean): string {
  if (!balanced) return 'DOES NOT BALANCE';
  return incomplete ? 'INCOMPLETE' : 'balanced';
}

function findingsOf(count: number): string {
  if (count === 0) return 'books agree';
  return count === 1 ? '1 finding' : `${count} findings`;
}
