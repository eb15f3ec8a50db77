import { Transform } from 'class-transformer';
import { isEmail, IsInt, IsString, Length, Max, Min, ValidateBy } from 'class-validator';

/**
 * The body of a create, as JSON or as a form. Decorators run from the last to the first, so the type is checked
 * first.
 */
export class CreatePayoutBody {
  @Length(1, 255, { message: 'external_id must have 1 to 255 characters' })
  @IsString({ message: 'external_id is required and must be text' })
  external_id!: string;

  /** Whole rupiah; a form can only send it as text. */
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value,
  )
  @Min(10_000, { message: 'amount must not be less than 10000' })
  @Max(Number.MAX_SAFE_INTEGER, { message: `amount must not be greater than ${Number.MAX_SAFE_INTEGER}` })
  @IsInt({ message: 'amount is required and must be a whole number of rupiah' })
  amount!: number;

  @ValidateBy({
    name: 'isMailbox',
    validator: {
      // Half a character breaks the validator.
      validate: (value: unknown) => typeof value === 'string' && !/\p{C}/u.test(value) && isEmail(value),
      defaultMessage: () => 'email is required and must be an e-mail address',
    },
  })
  email!: string;
}
