import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { BANK_CODES } from '../claim-page/banks.js';
import { ACCOUNT_NUMBER } from '../claim-page/claim-form.js';

/** A claim on behalf of the recipient. */
export class ClaimBody {
  @IsString({ message: 'id must be the id of a payout link' })
  id!: string;

  @Matches(ACCOUNT_NUMBER, { message: 'accountNumber must be text of 1 to 34 digits' })
  accountNumber!: string;

  @IsOptional()
  @IsIn(BANK_CODES, { message: `bankCode must be one of ${BANK_CODES.join(', ')}` })
  bankCode?: string;

  @IsOptional()
  @Length(1, 100, { message: 'accountHolderName must have 1 to 100 characters' })
  @IsString({ message: 'accountHolderName must be text' })
  accountHolderName?: string;
}
