import { ApiProperty, ApiPropertyOptional, OmitType, PickType } from '@nestjs/swagger';
import { AbandonPayoutLink, AdoptPayoutLink, CreatePayoutLink, ReissuePayoutLink } from 'nestjs-payout-links';

const ID = { type: String, minLength: 1, maxLength: 255 } as const;
const EMAIL = { type: String, format: 'email', maxLength: 254 } as const;
const REASON = { type: String, minLength: 1, maxLength: 500 } as const;

/** `POST /payout-links`: the module's input without the account, which is `default` here. */
export class CreatePayoutLinkDto extends OmitType(CreatePayoutLink, ['account'] as const) {
  @ApiProperty({ ...ID, example: 'refund-2026-0001' })
  override externalId!: string;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    minimum: 10_000,
    maximum: Number.MAX_SAFE_INTEGER,
    example: 1_500_000,
  })
  override amount!: number;

  @ApiProperty({ ...EMAIL, example: 'siti@example.com' })
  override email!: string;

  @ApiPropertyOptional({ type: Object, nullable: true, additionalProperties: true })
  override metadata?: Record<string, unknown> | null;
}

/** `POST /payout-links/:id/reissue`. */
export class ReissuePayoutLinkDto extends PickType(ReissuePayoutLink, [
  'reason',
  'externalId',
  'email',
  'force',
] as const) {
  @ApiProperty(REASON)
  override reason!: string;

  @ApiPropertyOptional({ ...ID, description: '`<first external id>-r<n>` when left out' })
  override externalId?: string;

  @ApiPropertyOptional({ ...EMAIL, description: "a corrected address; the old link's when left out" })
  override email?: string;

  @ApiPropertyOptional({ type: Boolean, description: 'although the advice is DO_NOT_RETRY or REVIEW' })
  override force?: boolean;
}

/** `POST /payout-links/:id/abandon`. */
export class AbandonPayoutLinkDto extends PickType(AbandonPayoutLink, ['reason', 'force'] as const) {
  @ApiProperty(REASON)
  override reason!: string;

  @ApiPropertyOptional({ type: Boolean, description: 'although it was created less than four days ago' })
  override force?: boolean;
}

/** `POST /payout-links/:id/adopt`. */
export class AdoptPayoutLinkDto extends PickType(AdoptPayoutLink, ['providerId'] as const) {
  @ApiProperty({ ...ID, description: "id of the provider's link" })
  override providerId!: string;
}
