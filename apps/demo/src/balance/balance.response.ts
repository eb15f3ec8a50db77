import { ApiProperty } from '@nestjs/swagger';

/** The balance of an account at the provider. */
export class BalanceResponse {
  @ApiProperty({ type: String, example: 'default' })
  account!: string;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    description: 'whole rupiah, rounded down; may be negative',
    example: 9_874_500_000,
  })
  available!: number;

  @ApiProperty({ type: String, example: 'IDR' })
  currency!: string;

  @ApiProperty({ type: String, format: 'date-time' })
  at!: string;
}
