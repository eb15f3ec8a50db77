// The decorator Type needs it when this file is loaded.
import 'reflect-metadata';
import { plainToInstance, Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsInt,
  IsNotEmpty,
  isObject,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  ValidateNested,
  validateSync,
} from 'class-validator';
import type { FailureAdviceOverrides } from './failures/advice.js';
import { FailureAdviceOptions } from './failures/advice.options.js';
import {
  autoReissueErrors,
  resolveAutoReissue,
  type PayoutLinksAutoReissueOptions,
  type ResolvedAutoReissue,
} from './reissue-plan/auto-reissue.options.js';
import { fieldErrors, KNOWN_ONLY } from './field-errors.js';
import { InvalidPayoutLinkError, type FieldError } from './payout-links.errors.js';
import { DEFAULT_POLL_SCHEDULE, type PollSchedule } from './rules/poll-schedule.js';

/** Injection token of the options with all defaults applied. */
export const RESOLVED_OPTIONS = Symbol('PAYOUT_LINKS_RESOLVED_OPTIONS');

/** The name of the account of the top-level `apiKey`. */
export const DEFAULT_ACCOUNT = 'default';

/** A longer timer of Node ends at once. */
const MAX_TIMER_MS = 2_147_483_647;

const BASE_URL = {
  require_tld: false,
  require_protocol: true,
  protocols: ['http', 'https'],
  disallow_auth: true,
  allow_query_components: false,
  allow_fragments: false,
};
/** It is a part of index keys, of paths and of labels. */
const ACCOUNT_NAME = /^(?!\.{1,2}$)(?=.*\S)[^\p{C}\p{Zl}\p{Zp}/\\]{1,64}$/u;
const ACCOUNT_NAME_RULE =
  'a name has 1 to 64 printable characters without slashes, and is none that every object has, such as constructor';
const NO_SPACE = { message: '$property has white space in it: copy it again' };

/** One provider account: its secret key, its webhook tokens, and the sub-account it acts for. */
export class PayoutLinksAccountOptions {
  /** Secret key with money-out permission; never logged. */
  @IsString()
  @IsNotEmpty()
  @Matches(/^\S+$/, NO_SPACE)
  apiKey!: string;

  /** Webhook verification tokens. All are accepted, so that they can be rotated without downtime. */
  @IsArray()
  @IsString({ each: true })
  @IsNotEmpty({ each: true })
  @Matches(/^\S+$/, { each: true, ...NO_SPACE })
  webhookTokens!: string[];

  /** Sent as `for-user-id`: the sub-account that the key acts for. */
  @IsOptional()
  @IsString()
  @Matches(/^[\x21-\x7e]+$/, NO_SPACE)
  forUserId?: string;
}

/** Limits of the calls to the provider. */
export class PayoutLinksHttpOptions {
  /** Time for DNS, TCP and TLS, in milliseconds. @default 5000 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_TIMER_MS)
  connectTimeoutMs?: number;

  /** Time for one attempt including the response, in milliseconds. @default 15000 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_TIMER_MS)
  attemptTimeoutMs?: number;

  /** Attempts at most; waiting for the rate limit does not count. @default 4 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(20)
  attempts?: number;

  /** Time for all attempts together, in milliseconds. @default 90000 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_TIMER_MS)
  totalTimeoutMs?: number;

  /** A longer response counts as unreadable, in bytes. @default 1000000 */
  @IsOptional()
  @IsInt()
  @Min(1)
  maxBodyBytes?: number;
}

/** The webhook route of the module. */
export class PayoutLinksWebhookOptions {
  /** Off: the route responds with 404. @default true */
  @IsOptional()
  @IsBoolean()
  receive?: boolean;

  /** Off: stored deliveries are left to other processes. @default true */
  @IsOptional()
  @IsBoolean()
  process?: boolean;

  /** On: a delivery is a hint, and the status comes from a read of the provider. @default true */
  @IsOptional()
  @IsBoolean()
  confirm?: boolean;
}

/** Polls between the reconciler's nightly runs. */
export class PayoutLinksPollScheduleOptions {
  /** By status. @default a schedule made for the provider's three-day links */
  @IsOptional()
  @IsObject()
  states?: PollSchedule;

  /** Polls per minute at most, by each process. @default 30 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(600)
  perMinute?: number;
}

/** Options of `PayoutLinksModule.forRoot`. */
export class PayoutLinksOptions {
  /** Secret key of the account `default`; optional when `accounts` has all of them. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @Matches(/^\S+$/, NO_SPACE)
  apiKey?: string;

  /** Webhook verification tokens of the account `default`. */
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  @IsNotEmpty({ each: true })
  @Matches(/^\S+$/, { each: true, ...NO_SPACE })
  webhookTokens?: string[];

  /** `https://api.xendit.co`, or the address of a sandbox. @default 'https://api.xendit.co' */
  @IsOptional()
  @IsUrl(BASE_URL, {
    message: '$property must be an http:// or https:// address without user, query and fragment',
  })
  baseUrl?: string;

  /** More accounts by name, chosen per call. */
  @IsOptional()
  @IsObject()
  accounts?: Record<string, PayoutLinksAccountOptions>;

  @IsOptional()
  @ValidateNested()
  @Type(() => PayoutLinksHttpOptions)
  http?: PayoutLinksHttpOptions;

  @IsOptional()
  @ValidateNested()
  @Type(() => PayoutLinksWebhookOptions)
  webhook?: PayoutLinksWebhookOptions;

  /** The host's own failure codes and changes to ours. */
  @IsOptional()
  @IsObject()
  failureAdvice?: FailureAdviceOverrides;

  /** Smallest amount of a link in whole rupiah. @default 10000 */
  @IsOptional()
  @IsInt()
  @Min(1)
  minimumAmount?: number;

  /** Polls open and paid links between the reconciler's nightly runs. @default off */
  @IsOptional()
  @ValidateNested()
  @Type(() => PayoutLinksPollScheduleOptions)
  pollSchedule?: PayoutLinksPollScheduleOptions;

  /** Days after which processed webhook deliveries and the provider's raw responses are deleted. @default never */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(36_500)
  retentionDays?: number;

  /**
   * Resumes creates that a crash interrupted. Off: left to other processes, for a process that only reads.
   * @default true
   */
  @IsOptional()
  @IsBoolean()
  recovery?: boolean;

  /** Sends some failures again without a person. Only processes with this option act. @default off */
  @IsOptional()
  @IsObject()
  autoReissue?: PayoutLinksAutoReissueOptions;

  /** Size of the library's own connection pool, on the primary. @default 5 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000)
  poolSize?: number;
}

/** The options with all defaults applied. */
export interface ResolvedPayoutLinksOptions {
  baseUrl: string;
  accounts: ReadonlyMap<string, PayoutLinksAccountOptions>;
  http: Required<PayoutLinksHttpOptions>;
  webhook: Required<PayoutLinksWebhookOptions>;
  failureAdvice: FailureAdviceOverrides;
  minimumAmount: number;
  /** Undefined: no polls between nightly runs. */
  pollSchedule: Required<PayoutLinksPollScheduleOptions> | undefined;
  /** Undefined: for ever. */
  retentionDays: number | undefined;
  recovery: boolean;
  /** Undefined: failures are left to people. */
  autoReissue: ResolvedAutoReissue | undefined;
  poolSize: number;
}

/**
 * Validates the options and applies the defaults, which are defined nowhere else.
 * @throws InvalidPayoutLinkError naming every invalid option, without its value
 */
export function resolveOptions(options: PayoutLinksOptions): ResolvedPayoutLinksOptions {
  const given = plainToInstance(PayoutLinksOptions, options);
  const errors = fieldErrors(validateSync(given, KNOWN_ONLY));
  const accounts = new Map<string, PayoutLinksAccountOptions>();
  if (given.apiKey !== undefined) {
    accounts.set(DEFAULT_ACCOUNT, { apiKey: given.apiKey, webhookTokens: given.webhookTokens ?? [] });
  }
  for (const [name, account] of Object.entries(options.accounts ?? {})) {
    if (!ACCOUNT_NAME.test(name) || name in Object.prototype) {
      errors.push({ field: 'accounts', message: ACCOUNT_NAME_RULE });
      continue;
    }
    if (accounts.has(name))
      errors.push({ field: `accounts.${name}`, message: 'is already the account of apiKey' });
    const checked = plainToInstance(PayoutLinksAccountOptions, account ?? {});
    errors.push(...fieldErrors(validateSync(checked, KNOWN_ONLY), `accounts.${name}.`));
    accounts.set(name, checked);
  }
  if (isObject(given.failureAdvice)) errors.push(...adviceErrors(given.failureAdvice));
  if (isObject(given.autoReissue)) {
    const overrides = isObject(given.failureAdvice) ? given.failureAdvice : {};
    const wrong = autoReissueErrors(given.autoReissue, overrides);
    errors.push(...wrong.map(({ field, message }) => ({ field: `autoReissue.${field}`, message })));
  }
  if (accounts.size === 0) errors.push({ field: 'apiKey', message: 'give an apiKey or accounts' });
  if (errors.length > 0) throw new InvalidPayoutLinkError(errors);

  return {
    baseUrl: (given.baseUrl ?? 'https://api.xendit.co').replace(/\/+$/, ''),
    accounts,
    http: {
      connectTimeoutMs: given.http?.connectTimeoutMs ?? 5_000,
      attemptTimeoutMs: given.http?.attemptTimeoutMs ?? 15_000,
      attempts: given.http?.attempts ?? 4,
      totalTimeoutMs: given.http?.totalTimeoutMs ?? 90_000,
      maxBodyBytes: given.http?.maxBodyBytes ?? 1_000_000,
    },
    webhook: {
      receive: given.webhook?.receive ?? true,
      process: given.webhook?.process ?? true,
      confirm: given.webhook?.confirm ?? true,
    },
    failureAdvice: given.failureAdvice ?? {},
    minimumAmount: given.minimumAmount ?? 10_000,
    pollSchedule: given.pollSchedule && {
      states: given.pollSchedule.states ?? DEFAULT_POLL_SCHEDULE,
      perMinute: given.pollSchedule.perMinute ?? 30,
    },
    retentionDays: given.retentionDays,
    recovery: given.recovery ?? true,
    autoReissue: given.autoReissue && resolveAutoReissue(given.autoReissue, given.failureAdvice ?? {}),
    poolSize: given.poolSize ?? 5,
  };
}

function adviceErrors(overrides: FailureAdviceOverrides): FieldError[] {
  return Object.entries<unknown>(overrides).flatMap(([code, row]) => {
    const field = `failureAdvice.${code}`;
    if (!isObject(row)) return [{ field, message: 'must be an object' }];
    const checked = plainToInstance(FailureAdviceOptions, row);
    return fieldErrors(validateSync(checked, KNOWN_ONLY), `${field}.`);
  });
}
