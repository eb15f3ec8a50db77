import type { PayoutLink, PayoutLinkTransition } from 'nestjs-payout-links';

/** Everything that the page of a link tells. */
export interface LinkView {
  link: PayoutLink;
  /** Oldest first. */
  history: readonly PayoutLinkTransition[];
  /** The link that this one replaces. */
  predecessor: PayoutLink | null;
  /** The link that took this one's place. */
  successor: PayoutLink | null;
  /** Why it may not be sent again; null when it may. */
  reissueRefusal: string | null;
  /** The same, although somebody insists. */
  forcedReissueRefusal: string | null;
}

/** What an operator can do with a link, as the last part of its form's address. */
export const LINK_ACTIONS = ['void', 'refresh', 'reissue', 'adopt', 'abandon'] as const;
export type LinkAction = (typeof LINK_ACTIONS)[number];

/** What became of what an operator has just done. */
export interface LinkDone {
  action: LinkAction;
  /** Why it was not done; null when it was. */
  error: { message: string; fields: Readonly<Record<string, string>> } | null;
  /** What had been filled in: shown again after an error. */
  values: Readonly<Record<string, string>>;
}
