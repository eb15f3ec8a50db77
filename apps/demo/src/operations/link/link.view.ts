import type {
  PayoutBalance,
  PayoutLink,
  PayoutLinkReissuePlan,
  PayoutLinkTransition,
} from 'nestjs-payout-links';

/** The data of a link's page. */
export interface LinkView {
  link: PayoutLink;
  /** Oldest first. */
  history: readonly PayoutLinkTransition[];
  /** The link that this one replaces. */
  predecessor: PayoutLink | null;
  /** The link that replaced this one. */
  successor: PayoutLink | null;
  /** The automatic reissue that is planned for it. */
  plan: PayoutLinkReissuePlan | null;
  /** Of its account, while a reissue is planned; null when it could not be read. */
  balance: PayoutBalance | null;
  /** Why it may not be reissued; null when it may. */
  reissueRefusal: string | null;
  /** The same with `force`. */
  forcedReissueRefusal: string | null;
}

/** An operator's actions, as the last part of the form's address. */
export const LINK_ACTIONS = ['void', 'refresh', 'reissue', 'adopt', 'abandon', 'cancel-plan'] as const;
export type LinkAction = (typeof LINK_ACTIONS)[number];

/** The result of an operator's action. */
export interface LinkDone {
  action: LinkAction;
  /** Why it was not done; null when it was. */
  error: { message: string; fields: Readonly<Record<string, string>> } | null;
  /** The submitted values, shown again after an error. */
  values: Readonly<Record<string, string>>;
}
