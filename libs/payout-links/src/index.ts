export { PayoutLinksModule } from './payout-links.module.js';
export { PayoutLinksService, type PayoutBalance, type PayoutLinkPage } from './payout-links.service.js';
export {
  PayoutLinksExceptionFilter,
  type PayoutLinksErrorResponse,
} from './payout-links.exception-filter.js';
export type { PayoutLinksModuleExtras } from './payout-links.module-definition.js';
export { PAYOUT_LINKS_ENTITIES } from './payout-links.entities.js';
export { PAYOUT_LINKS_MIGRATIONS } from './migrations/index.js';
export { OnPayoutLink, type PayoutLinkHandlerOptions } from './handlers/on-payout-link.decorator.js';
export type { PayoutLinkEvent, PayoutLinkEventName } from './handlers/payout-link.event.js';
export { PayoutLinkHandlerError } from './handlers/handler.error.js';
export { PayoutLinkOutboxTask, type OutboxStatus } from './handlers/outbox.entity.js';
export { PayoutLink, type PayoutLinkJson } from './link/payout-link.entity.js';
export type { CreateManyResult } from './link/create-many.js';
export { PayoutLinkTransition } from './link/transition.entity.js';
export { PayoutLinkDiscrepancy } from './link/discrepancy.entity.js';
export { PayoutLinkWriteOff } from './link/write-off.entity.js';
export { PayoutLinkReissuePlan, type ReissuePlanOutcome } from './reissue-plan/reissue-plan.entity.js';
export { PayoutLinksAutoReissueOptions } from './reissue-plan/auto-reissue.options.js';
export { PayoutLinkDelivery, type DeliveryStatus } from './webhook/delivery.entity.js';
export { WEBHOOK_PATH } from './webhook/webhook.path.js';
export {
  PayoutLinkStatus,
  FAILED_STATUSES,
  OPEN_STATUSES,
  type FailedStatus,
} from './rules/payout-link.status.js';
export type { DiscrepancyType } from './rules/discrepancy.js';
export type { ObservationSource } from './rules/observation.js';
export { DEFAULT_POLL_SCHEDULE, type PollPlan, type PollSchedule } from './rules/poll-schedule.js';
export { adviseOnFailure, type FailureAdvice, type FailureAdviceOverrides } from './failures/advice.js';
export {
  FAILURE_CATALOGUE,
  type AdviceLanguage,
  type FailureEntry,
  type FailureOwner,
  type RetryAdvice,
} from './failures/catalogue.js';
export {
  DEFAULT_ACCOUNT,
  PayoutLinksAccountOptions,
  type PayoutLinksHttpOptions,
  type PayoutLinksPollScheduleOptions,
  type PayoutLinksOptions,
  type PayoutLinksWebhookOptions,
} from './payout-links.options.js';
export {
  AbandonPayoutLink,
  AdoptPayoutLink,
  CancelReissuePlan,
  CreatePayoutLink,
  ImportPayoutLink,
  ListPayoutLinks,
  ReissuePayoutLink,
  WriteOffPayoutLink,
} from './payout-links.dto.js';
export {
  AbandonRefusedError,
  AdoptRefusedError,
  AuthenticationError,
  DuplicatePayoutError,
  InsufficientBalanceError,
  InvalidPayoutLinkError,
  PayoutLinkNotFoundError,
  PayoutLinkNotVoidableError,
  PayoutLinksError,
  PayoutLinksSetupError,
  PayoutRejectedError,
  PermissionError,
  ProviderError,
  ProviderUnavailableError,
  RateLimitedError,
  ReissueRefusedError,
  UnexpectedResponseError,
  WriteOffRefusedError,
  type FieldError,
  type ProviderRefusal,
} from './payout-links.errors.js';
