import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { TRANSACTION_STATUSES, type TransactionStatus } from '../statements/transaction.js';

/** A transaction to add, to double or to hide. */
export class TransactionBody {
  /** Whose transaction it is. @default the default key */
  @IsOptional()
  @Matches(/^xnd_[^:]+$/, { message: 'apiKey must be a key of the form xnd_…' })
  apiKey?: string;

  @IsOptional()
  @Length(1, 255, { message: 'referenceId must have 1 to 255 characters' })
  @IsString({ message: 'referenceId must be text' })
  referenceId?: string;

  @IsOptional()
  @Min(1, { message: 'amount must be at least 1' })
  @Max(Number.MAX_SAFE_INTEGER, { message: `amount must not be greater than ${Number.MAX_SAFE_INTEGER}` })
  @IsInt({ message: 'amount must be a whole number of rupiah' })
  amount?: number;

  @IsOptional()
  @IsIn(TRANSACTION_STATUSES, { message: `status must be one of ${TRANSACTION_STATUSES.join(', ')}` })
  status?: TransactionStatus;

  @IsOptional()
  @IsString({ message: 'duplicateOf must be the id of a transaction' })
  duplicateOf?: string;

  @IsOptional()
  @IsString({ message: 'hide must be the id of a transaction' })
  hide?: string;
}
