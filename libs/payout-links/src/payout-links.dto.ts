// The decorator Type needs it when this file is loaded.
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsDate,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  NotContains,
  registerDecorator,
  validateSync,
} from 'class-validator';
import { IsRupiah } from './is-rupiah.js';
import { PayoutLinkStatus } from './rules/payout-link.status.js';
import { InvalidPayoutLinkError, type FieldError } from './payout-links.errors.js';
import { fieldErrors, KNOWN_ONLY } from './field-errors.js';
import { inheritedNames, isTooDeep } from './rules/json.js';
import { isMailbox, PRINTABLE, PROVIDER_ID } from './rules/texts.js';

/** PostgreSQL cannot store NUL in text. */
const NO_NUL = { message: '$property must not hold a NUL character' };

/** Input of `create`. See https://docs.xendit.co/integration-payout-links#create-a-payout-link */
export class CreatePayoutLink {
  /** The caller's own id of the payout: 1 to 255 printable characters, unique in the account. */
  @IsString()
  @Length(1, 255)
  @Matches(PRINTABLE, {
    message: 'externalId must hold printable characters only, and not white space alone',
  })
  externalId!: string;

  /** Whole rupiah. */
  @IsRupiah()
  amount!: bigint | number;

  /** Where the provider sends the link and its passcode. */
  @IsMailbox()
  email!: string;

  /** The host's own data; not sent to the provider. */
  @IsOptional()
  @IsJsonObject()
  metadata?: Record<string, unknown> | null;

  /** The account that pays. @default 'default' */
  @IsOptional()
  @IsString()
  account?: string;
}

/** Filters and page of a list. */
export class ListPayoutLinks {
  @IsOptional()
  @IsIn(Object.values(PayoutLinkStatus), {
    message: `status must be one of ${Object.values(PayoutLinkStatus).join(', ')}`,
  })
  status?: PayoutLinkStatus;

  @IsOptional()
  @IsString()
  @NotContains('\0', NO_NUL)
  account?: string;

  /** Part of the external id or the e-mail address. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  @NotContains('\0', NO_NUL)
  q?: string;

  /** `metadata.batchId` of the links. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  @NotContains('\0', NO_NUL)
  batchId?: string;

  /** Inclusive. */
  @IsOptional()
  @IsDate()
  @Type(() => Date)
  createdFrom?: Date;

  /** Exclusive. */
  @IsOptional()
  @IsDate()
  @Type(() => Date)
  createdTo?: Date;

  /** Links per page, 1 to 200. @default 50 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(200)
  @Type(() => Number)
  limit?: number;

  /** `nextCursor` of the previous page. */
  @IsOptional()
  @IsString()
  cursor?: string;
}

/** Input of `reissue`. */
export class ReissuePayoutLink {
  @IsString()
  @Length(1, 500)
  @NotContains('\0', NO_NUL)
  reason!: string;

  /** @default `<first link's external id>-r<n>` */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  @Matches(PRINTABLE, {
    message: 'externalId must hold printable characters only, and not white space alone',
  })
  externalId?: string;

  /** Corrects the recipient's address. @default the old link's */
  @IsOptional()
  @IsMailbox()
  email?: string;

  /**
   * Sends it again although the advice is `DO_NOT_RETRY` or `REVIEW`, or it was written off; skips no other check.
   * @default false
   */
  @IsOptional()
  @IsIn([true, false], { message: 'force must be a boolean value' })
  force?: boolean;
}

/** A person's reason, kept with what it explains. */
abstract class Reasoned {
  @IsString()
  @Length(1, 500)
  @NotContains('\0', NO_NUL)
  reason!: string;
}

/** Why a failure will not be paid again. */
export class WriteOffPayoutLink extends Reasoned {}

/** Why an unconfirmed create is ended. */
export class AbandonPayoutLink extends Reasoned {
  /**
   * Ends it although the provider's link could still exist: less than four days after it was last sent. @default
   * false
   */
  @IsOptional()
  @IsIn([true, false], { message: 'force must be a boolean value' })
  force?: boolean;
}

/** Why a planned reissue is cancelled. */
export class CancelReissuePlan extends Reasoned {}

/** The provider's link that settles an unconfirmed create. */
export class AdoptPayoutLink {
  @IsString()
  @Length(1, 255)
  @Matches(PROVIDER_ID, {
    message: 'providerId must hold printable characters only, not white space alone, and be no path',
  })
  providerId!: string;
}

/** A link made elsewhere. What is given beside its id is compared with the provider's. */
export class ImportPayoutLink {
  @IsString()
  @Length(1, 255)
  @Matches(PROVIDER_ID, {
    message: 'providerId must hold printable characters only, not white space alone, and be no path',
  })
  providerId!: string;

  /** The account that pays. @default 'default' */
  @IsOptional()
  @IsString()
  account?: string;

  @IsOptional()
  @IsString()
  @Length(1, 255)
  @Matches(PRINTABLE, {
    message: 'externalId must hold printable characters only, and not white space alone',
  })
  externalId?: string;

  /** Whole rupiah. */
  @IsOptional()
  @IsRupiah()
  amount?: bigint | number;

  /** Needed when the provider's response has none. */
  @IsOptional()
  @IsMailbox()
  email?: string;
}

/**
 * Validates a caller's input against its class.
 * @param more checks that the class cannot express; called even when fields are invalid
 * @throws InvalidPayoutLinkError naming every invalid and every unknown field
 */
export function checked<T extends object>(
  type: new () => T,
  input: object,
  more: (value: T) => FieldError[] = () => [],
): T {
  const inherited = inheritedNames(input ?? {});
  const given = Object.entries(input ?? {}).filter(([name]) => !inherited.includes(name));
  const value = Object.assign(new type(), Object.fromEntries(given));
  const errors = inherited.map((field) => ({ field, message: `property ${field} should not exist` }));
  errors.push(...fieldErrors(validateSync(value, KNOWN_ONLY)));
  errors.push(...more(value).filter(({ field }) => !errors.some((error) => error.field === field)));
  if (errors.length > 0) throw new InvalidPayoutLinkError(errors);
  return value;
}

function IsMailbox(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isMailbox',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: isMailbox,
        defaultMessage: () => `${String(property)} must be an email of at most 254 printable characters`,
      },
    });
}

const MAX_METADATA_CHARACTERS = 65_536;

function IsJsonObject(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isJsonObject',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) => typeof value === 'object' && !Array.isArray(value) && fitsAsJson(value),
        defaultMessage: () =>
          `metadata must be a JSON object of at most ${MAX_METADATA_CHARACTERS} characters and 100 levels`,
      },
    });
}

function fitsAsJson(value: unknown): boolean {
  try {
    return !isTooDeep(value) && JSON.stringify(value).length <= MAX_METADATA_CHARACTERS;
  } catch {
    return false;
  }
}
