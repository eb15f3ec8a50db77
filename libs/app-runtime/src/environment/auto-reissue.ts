import type { PayoutLinksAutoReissueOptions } from 'nestjs-payout-links';
import { autoReissueErrors } from 'nestjs-payout-links/unstable';
import { parseObject } from './json-object.js';

/** Parses `AUTO_REISSUE`. Problems are added to `problems`. */
export function readAutoReissue(
  text: string | undefined,
  problems: string[],
): PayoutLinksAutoReissueOptions | undefined {
  if (text === undefined) return undefined;
  const parsed = parseObject(text);
  if (parsed === undefined) {
    problems.push(
      'AUTO_REISSUE must be a JSON object such as {} or { "maxAttempts": 3, "waits": ["1h", "3h"] }',
    );
    return undefined;
  }
  problems.push(...autoReissueErrors(parsed).map(({ message }) => `AUTO_REISSUE: ${message}`));
  return parsed;
}
