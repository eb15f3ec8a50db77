import type { DeliveryTarget } from 'app-runtime';
import type { DeliveryContent, News } from './content.js';
import { lineOf } from './slot-digest.js';

/** The targets that get something, by their `accounts` and `when`. */
export function targetsFor(
  targets: readonly DeliveryTarget[],
  { account, event, content }: News,
): DeliveryTarget[] {
  const isNews = event === 'OPEN' || event === 'FAILED';
  return targets.filter(({ accounts, when = 'always' }) => {
    if (accounts && !accounts.includes(account)) return false;
    if (when === 'always') return true;
    // A slot that stays open is delivered when it is sealed too; until then only what needs an operator is news.
    if (when === 'problem') return isNews || isProblem(content);
    return !isNews && (isProblem(content) || hasFindings(content));
  });
}

function isProblem(content: DeliveryContent): boolean {
  switch (content.type) {
    case 'slot':
      return content.result.incomplete || !content.result.footed;
    case 'statement':
      return !content.outcome.balanced;
    case 'failed':
      return true;
  }
}

function hasFindings(content: DeliveryContent): boolean {
  switch (content.type) {
    case 'slot': {
      const isNew = ['failures_new', 'failures_reopened'].some(
        (line) => lineOf(content.digest, line).count > 0,
      );
      return isNew || content.result.discrepancies > 0;
    }
    case 'statement':
      return content.findings > 0;
    case 'failed':
      return true;
  }
}
