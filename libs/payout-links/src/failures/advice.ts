import {
  FAILURE_CATALOGUE,
  UNKNOWN_FAILURE,
  type AdviceLanguage,
  type FailureEntry,
  type FailureOwner,
  type RetryAdvice,
} from './catalogue.js';

/** A host's own failure codes, or fields of known ones to replace. */
export type FailureAdviceOverrides = Readonly<Record<string, Partial<Omit<FailureEntry, 'code'>>>>;

/** What to do about one failure. */
export interface FailureAdvice {
  code: string | null;
  /** False when the catalogue does not have the code. */
  known: boolean;
  retry: RetryAdvice;
  owner: FailureOwner;
  /** A retry is refused before this time; null without a wait. */
  notBefore: Date | null;
  /** What the code means. */
  meaning: string;
  /** What to do. */
  text: string;
}

/**
 * What to do about a failure, by its code. Never throws: an unknown code is advised as `REVIEW`. See
 * https://docs.xendit.co/integration-payout-links#error-handling
 * @param failure `atCreate` when the create itself was refused; the wait counts from `failedAt`
 */
export function adviseOnFailure(
  failure: { code: string | null; atCreate?: boolean; failedAt?: Date | null },
  options: { language?: AdviceLanguage; overrides?: FailureAdviceOverrides } = {},
): FailureAdvice {
  const entry = findEntry(failure.code, failure.atCreate ?? false, options.overrides);
  const language = options.language ?? 'en';
  const { retry, owner, waitMs, meaning, advice } = entry ?? UNKNOWN_FAILURE;
  return {
    code: failure.code,
    known: entry !== undefined,
    retry,
    owner,
    notBefore: waitMs && failure.failedAt ? new Date(failure.failedAt.getTime() + waitMs) : null,
    meaning: meaning[language],
    text: advice[language],
  };
}

function findEntry(
  code: string | null,
  atCreate: boolean,
  overrides: FailureAdviceOverrides = {},
): Omit<FailureEntry, 'code'> | undefined {
  if (code === null) return undefined;
  const base = FAILURE_CATALOGUE.entries.find(
    (entry) => entry.code === code && (atCreate || !entry.onlyAtCreate),
  );
  const override = Object.hasOwn(overrides, code) ? overrides[code] : undefined;
  return override ? { ...(base ?? UNKNOWN_FAILURE), ...override } : base;
}
