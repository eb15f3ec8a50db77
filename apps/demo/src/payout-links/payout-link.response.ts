import { ApiProperty } from '@nestjs/swagger';
import {
  PayoutLinkStatus,
  type FailureOwner,
  type ObservationSource,
  type RetryAdvice,
} from 'nestjs-payout-links';

const STATUSES = Object.values(PayoutLinkStatus);
const SOURCES: ObservationSource[] = ['API', 'WEBHOOK', 'POLL', 'RECOVERY', 'OPERATOR'];
const RETRIES: RetryAdvice[] = ['RETRY', 'RETRY_LATER', 'DO_NOT_RETRY', 'REVIEW'];
const OWNERS: FailureOwner[] = ['TREASURY', 'RECIPIENT', 'DEVELOPER', 'NOBODY'];
const text = { type: String } as const;
const textOrNull = { type: String, nullable: true } as const;
const time = { type: String, format: 'date-time' } as const;
const timeOrNull = { ...time, nullable: true } as const;

/** What to do about a failure. */
export class AdviceResponse {
  @ApiProperty({ enum: RETRIES })
  retry!: RetryAdvice;

  @ApiProperty({ enum: OWNERS, description: 'who has to act' })
  owner!: FailureOwner;

  @ApiProperty({ ...timeOrNull, description: 'a retry is refused before' })
  notBefore!: string | null;

  @ApiProperty({
    ...timeOrNull,
    description: 'it is sent again automatically after; null when that is not planned',
  })
  automaticAt!: string | null;

  @ApiProperty(text)
  text!: string;
}

/** A payout link; every key is always present. */
export class PayoutLinkResponse {
  @ApiProperty({ ...text, format: 'uuid' })
  id!: string;

  @ApiProperty(text)
  externalId!: string;

  @ApiProperty({ ...text, example: 'default' })
  account!: string;

  @ApiProperty({ ...textOrNull, description: "the provider's id" })
  providerId!: string | null;

  @ApiProperty({ type: 'integer', format: 'int64', description: 'whole rupiah', example: 1_500_000 })
  amount!: number;

  @ApiProperty({ ...text, example: 'IDR' })
  currency!: string;

  @ApiProperty({ ...text, description: "the recipient's e-mail address, or `redacted`" })
  email!: string;

  @ApiProperty({ enum: STATUSES, enumName: 'PayoutLinkStatus' })
  status!: PayoutLinkStatus;

  @ApiProperty({ ...textOrNull, description: 'the last word of the provider that was accepted' })
  providerStatus!: string | null;

  @ApiProperty({ ...textOrNull, example: 'INVALID_DESTINATION' })
  failureCode!: string | null;

  @ApiProperty({
    type: () => AdviceResponse,
    nullable: true,
    description: 'for failed, expired, rejected and reversed links',
  })
  advice!: AdviceResponse | null;

  @ApiProperty({ ...textOrNull, format: 'uri', description: 'where the recipient claims' })
  payoutUrl!: string | null;

  @ApiProperty(timeOrNull)
  expiresAt!: string | null;

  @ApiProperty(time)
  createdAt!: string;

  @ApiProperty(time)
  updatedAt!: string;

  @ApiProperty({ ...textOrNull, format: 'uuid', description: 'id of the link that this one replaces' })
  reissueOf!: string | null;
}

/** A page of links, newest first. */
export class PayoutLinkPageResponse {
  @ApiProperty({ type: [PayoutLinkResponse] })
  items!: PayoutLinkResponse[];

  @ApiProperty({ ...textOrNull, description: 'the `cursor` of the next page' })
  nextCursor!: string | null;
}

/** One change of a link's state. */
export class TransitionResponse {
  @ApiProperty({ enum: STATUSES, enumName: 'PayoutLinkStatus', nullable: true })
  from!: PayoutLinkStatus | null;

  @ApiProperty({ enum: STATUSES, enumName: 'PayoutLinkStatus' })
  to!: PayoutLinkStatus;

  @ApiProperty({ enum: SOURCES, enumName: 'ObservationSource' })
  source!: ObservationSource;

  @ApiProperty(time)
  seenAt!: string;

  @ApiProperty({ type: Object, nullable: true, description: 'the provider’s raw response' })
  raw!: unknown;
}

/** The changes of a link's state, oldest first. */
export class HistoryResponse {
  @ApiProperty({ type: [TransitionResponse] })
  items!: TransitionResponse[];
}
