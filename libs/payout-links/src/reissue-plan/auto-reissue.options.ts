import { plainToInstance } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  validateSync,
} from 'class-validator';
import { adviseOnFailure, type FailureAdviceOverrides } from '../failures/advice.js';
import { EXPIRED_UNCLAIMED, FAILURE_CATALOGUE } from '../failures/catalogue.js';
import { fieldErrors, KNOWN_ONLY } from '../field-errors.js';
import { inheritedNames } from '../rules/json.js';
import { IsRupiah } from '../is-rupiah.js';
import type { FieldError } from '../payout-links.errors.js';

/** Sends failures again without a person. Only processes with this option act. */
export class PayoutLinksAutoReissueOptions {
  /**
   * Failure codes that are sent again: those whose owner is NOBODY or TREASURY, and EXPIRED_UNCLAIMED.
   * @default every code whose advice is RETRY_LATER
   */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @IsString({ each: true })
  codes?: string[];

  /** Links of a chain at most, the first one included. @default 3 */
  @IsOptional()
  @IsInt()
  @Min(2)
  @Max(100)
  maxAttempts?: number;

  /** Larger amounts are left to people; inclusive, whole rupiah. @default no limit */
  @IsOptional()
  @IsRupiah()
  maxAmount?: bigint | number;

  /**
   * Waits after the first, second, … failure of a chain, a number and `s`, `m`, `h` or `d`; the last one repeats.
   * Never shorter than the wait of the failure's advice. @default ['1h', '3h', '24h']
   */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @Matches(/^[1-9]\d{0,5}[smhd]$/, {
    each: true,
    message: 'each of waits must be a number and s, m, h or d, such as 90m',
  })
  waits?: string[];
}

/** The option with its defaults applied. */
export interface ResolvedAutoReissue {
  /** The seconds that the advice of each code asks to wait. */
  codes: ReadonlyMap<string, number>;
  maxAttempts: number;
  /** Null: no limit. */
  maxAmount: bigint | null;
  /** After the first, second, … failure of a chain, in seconds. */
  waits: readonly number[];
}

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Applies the defaults to validated options. */
export function resolveAutoReissue(
  { codes, maxAttempts, maxAmount, waits }: PayoutLinksAutoReissueOptions,
  overrides: FailureAdviceOverrides,
): ResolvedAutoReissue {
  const adviceOf = (code: string) => adviseOnFailure({ code, failedAt: new Date(0) }, { overrides });
  const known = [...FAILURE_CATALOGUE.entries.map(({ code }) => code), ...Object.keys(overrides)];
  const chosen =
    codes ??
    known.filter((code) => adviceOf(code).retry === 'RETRY_LATER' && refusalOf(code, overrides) === null);
  return {
    codes: new Map(chosen.map((code) => [code, (adviceOf(code).notBefore?.getTime() ?? 0) / 1_000])),
    maxAttempts: maxAttempts ?? 3,
    maxAmount: maxAmount === undefined ? null : BigInt(maxAmount),
    waits: (waits ?? ['1h', '3h', '24h']).map(
      (wait) => Number(wait.slice(0, -1)) * SECONDS[wait.at(-1) as keyof typeof SECONDS],
    ),
  };
}

/** Everything that is wrong with given options. */
export function autoReissueErrors(given: object, overrides: FailureAdviceOverrides = {}): FieldError[] {
  const inherited = inheritedNames(given);
  if (inherited.length > 0)
    return inherited.map((field) => ({ field, message: `property ${field} should not exist` }));
  const options = plainToInstance(PayoutLinksAutoReissueOptions, given);
  const errors = fieldErrors(validateSync(options, KNOWN_ONLY));
  if (errors.length > 0) return errors;
  return (options.codes ?? []).flatMap((code) => {
    const refusal = refusalOf(code, overrides);
    return refusal === null ? [] : [{ field: 'codes', message: refusal }];
  });
}

function refusalOf(code: string, overrides: FailureAdviceOverrides): string | null {
  const { known, owner, retry } = adviseOnFailure({ code }, { overrides });
  if (!known) return `${code} is not in the failure catalogue`;
  if (owner !== 'NOBODY' && owner !== 'TREASURY' && code !== EXPIRED_UNCLAIMED)
    return `${code} cannot be sent again automatically: its owner is ${owner}`;
  if (retry !== 'RETRY' && retry !== 'RETRY_LATER')
    return `${code} cannot be sent again automatically: its advice is ${retry}`;
  return null;
}
