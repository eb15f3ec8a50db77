// What the repository's own programs need beyond the public API: it may change in any version.
export { PayoutLinksDatabase } from './database/payout-links.database.js';
export { CUTOFF_LOCK } from './link/cutoff.js';
export { linkOfRow } from './link/payout-link.entity.js';
export { PayoutLinkImporter, type ImportRequest } from './link/payout-link.importer.js';
export { PayoutLinkReader, type ReadResult, type SentRead } from './link/payout-link.reader.js';
export { logFields, withLogFields, type LogFields } from './telemetry/log-fields.js';
export { inheritedNames, isTooDeep } from './rules/json.js';
export { maskEmails } from './rules/mask-email.js';
export { autoReissueErrors } from './reissue-plan/auto-reissue.options.js';
export { REDACTED } from './privacy/redacted.js';
export { CONDITION_TYPES } from './rules/discrepancy.js';
export { DUPLICATE_CODES } from './failures/catalogue.js';
