import type { Delivery } from '../webhooks/delivery.js';

/** Everything that can fall due by the sandbox's clock. */
export type DueJob =
  | { kind: 'expiry'; payoutId: string }
  | { kind: 'claim-result'; payoutId: string }
  | { kind: 'reversal'; payoutId: string }
  | { kind: 'delivery'; delivery: Delivery };

/** The job of one kind. */
export type DueJobOf<Kind extends DueJob['kind']> = Extract<DueJob, { kind: Kind }>;
