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
  type ValidationError,
} from 'class-validator';
import type { FailureAdviceOverrides } from './failures/advice.js';
import { FailureAdviceOptions } from './failures/advice.options.js';
import { InvalidPayoutLinkError, type FieldError } from './payout-links.errors.js';
import { DEFAULT_POLL_SCHEDULE, type PollSchedule } from './rules/poll-schedule.js';

/** The options with every default in place, for injection. */
export const RESOLVED_OPTIONS = Symbol('PAYOUT_LINKS_RESOLVED_OPTIONS');

/** The name of the account that `apiKey` stands for. */
export const DEFAULT_ACCOUNT = 'default';

/** A misspelt option must not be left out in silence. */
const KNOWN_ONLY = { whitelist: true, forbidNonWhitelisted: true };

const NO_SPACE = { message: '$property has white space in it: copy it again' };

/** One provider account: its secret key, the tokens its webhooks carry, and the sub-account it acts for. */
export class PayoutLinksAccountOptions {
  /** Secret key with money-out permission; never logged. */
  @IsString()
  @IsNotEmpty()
  @Matches(/^\S+$/, NO_SPACE)
  apiKey!: string;

  /** Every token is accepted, so that one can be replaced by another without a gap. */
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
  /** Time for DNS, TCP and TLS, in milliseconds (5 000). */
  @IsOptional()
  @IsInt()
  @Min(1)
  connectTimeoutMs?: number;

  /** Time for one attempt, answer included, in milliseconds (15 000). */
  @IsOptional()
  @IsInt()
  @Min(1)
  attemptTimeoutMs?: number;

  /** Attempts at most (4); being told to wait for the rate limit does not count. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(20)
  attempts?: number;

  /** Time for all attempts together, in milliseconds (90 000). */
  @IsOptional()
  @IsInt()
  @Min(1)
  totalTimeoutMs?: number;

  /** An answer that is longer counts as unreadable (1 000 000). */
  @IsOptional()
  @IsInt()
  @Min(1)
  maxBodyBytes?: number;
}

/** The webhook route of the module. */
export class PayoutLinksWebhookOptions {
  /** Off: the route answers 404. @default true */
  @IsOptional()
  @IsBoolean()
  receive?: boolean;

  /** Off: stored deliveries are left to other processes. @default true */
  @IsOptional()
  @IsBoolean()
  process?: boolean;

  /** On: a delivery is a hint, and the state comes from a read of the provider (true). */
  @IsOptional()
  @IsBoolean()
  confirm?: boolean;
}

/** Looks at links between nights. */
export class PayoutLinksPollScheduleOptions {
  /** By state; the schedule that is made for the provider's three days by default. */
  @IsOptional()
  @IsObject()
  states?: PollSchedule;

  /** Looks in a minute at most, by each process (30). */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(600)
  perMinute?: number;
}

/** What a host passes to `PayoutLinksModule.forRoot`. */
export class PayoutLinksOptions {
  /** Secret key of the account `default`; may be left out where `accounts` has them all. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @Matches(/^\S+$/, NO_SPACE)
  apiKey?: string;

  /** Verification tokens of the account `default`. */
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  @IsNotEmpty({ each: true })
  @Matches(/^\S+$/, { each: true, ...NO_SPACE })
  webhookTokens?: string[];

  /** `https://api.xendit.co`, or the address of a sandbox. */
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  baseUrl?: string;

  /** Further accounts by name, chosen per call. */
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

  /** Smallest amount of a link in whole rupiah (10 000). */
  @IsOptional()
  @IsInt()
  @Min(1)
  minimumAmount?: number;

  /** Looks at open and paid links between the reconciler's nights; off when left out. */
  @IsOptional()
  @ValidateNested()
  @Type(() => PayoutLinksPollScheduleOptions)
  pollSchedule?: PayoutLinksPollScheduleOptions;

  /** Days after which a webhook delivery that nobody waits for is deleted; left out, they are kept for ever. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(36_500)
  retentionDays?: number;

  /** Off: creates that a crash left behind are left to other processes, for one that only looks at the books (true). */
  @IsOptional()
  @IsBoolean()
  recovery?: boolean;

  /** Connections of the library's own to the database, on the primary. @default 5 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000)
  poolSize?: number;
}

/** The options with every default in place. */
export interface ResolvedPayoutLinksOptions {
  baseUrl: string;
  accounts: ReadonlyMap<string, PayoutLinksAccountOptions>;
  http: Required<PayoutLinksHttpOptions>;
  webhook: Required<PayoutLinksWebhookOptions>;
  failureAdvice: FailureAdviceOverrides;
  minimumAmount: number;
  /** Undefined: no looks between nights. */
  pollSchedule: Required<PayoutLinksPollScheduleOptions> | undefined;
  /** Undefined: for ever. */
  retentionDays: number | undefined;
  recovery: boolean;
  poolSize: number;
}

/**
 * Checks the options and fills in the defaults: the one place that knows them.
 * @throws InvalidPayoutLinkError naming every option that is wrong, without its value
 */
export function resolveOptions(options: PayoutLinksOptions): ResolvedPayoutLinksOptions {
  const given = plainToInstance(PayoutLinksOptions, options);
  const errors = fieldErrors(validateSync(given, KNOWN_ONLY));
  const accounts = new Map<string, PayoutLinksAccountOptions>();
  if (given.apiKey !== undefined) {
    accounts.set(DEFAULT_ACCOUNT, { apiKey: given.apiKey, webhookTokens: given.webhookTokens ?? [] });
  }
  for (const [name, account] of Object.entries(options.accounts ?? {})) {
    if (accounts.has(name))
      errors.push({ field: `accounts.${name}`, message: 'is what apiKey stands for already' });
    const checked = plainToInstance(PayoutLinksAccountOptions, account ?? {});
    errors.push(...fieldErrors(validateSync(checked, KNOWN_ONLY), `accounts.${name}.`));
    accounts.set(name, checked);
  }
  if (isObject(given.failureAdvice)) errors.push(...adviceErrors(given.failureAdvice));
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

/** class-validator's findings as one flat list. */
export function fieldErrors(errors: readonly ValidationError[], prefix = ''): FieldError[] {
  return errors.flatMap(({ property, constraints, children }) => [
    ...Object.values(constraints ?? {}).map((message) => ({ field: `${prefix}${property}`, message })),
    ...fieldErrors(children ?? [], `${prefix}${property}.`),
  ]);
}
