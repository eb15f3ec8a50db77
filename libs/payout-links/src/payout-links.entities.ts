import { PayoutLinkHandlerRow } from './handlers/handler.entity.js';
import { PayoutLinkOutboxTask } from './handlers/outbox.entity.js';
import { PayoutLinkDiscrepancy } from './link/discrepancy.entity.js';
import { PayoutLink } from './link/payout-link.entity.js';
import { PayoutLinkTransition } from './link/transition.entity.js';
import { PayoutLinkWriteOff } from './link/write-off.entity.js';
import { PayoutLinkReissuePlan } from './reissue-plan/reissue-plan.entity.js';
import { PayoutLinkDelivery } from './webhook/delivery.entity.js';

/** Spread into the `entities` of the host's DataSource. */
export const PAYOUT_LINKS_ENTITIES = [
  PayoutLink,
  PayoutLinkTransition,
  PayoutLinkDiscrepancy,
  PayoutLinkWriteOff,
  PayoutLinkDelivery,
  PayoutLinkHandlerRow,
  PayoutLinkOutboxTask,
  PayoutLinkReissuePlan,
] as const;
