import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** A field that was refused, and why. */
export class ErrorDetail {
  @ApiProperty({ type: String })
  field!: string;

  @ApiProperty({ type: String })
  message!: string;
}

/** What went wrong. */
export class ErrorBody {
  @ApiProperty({ type: String, example: 'INVALID_PAYOUT_LINK' })
  code!: string;

  @ApiProperty({ type: String })
  message!: string;

  @ApiPropertyOptional({ type: [ErrorDetail] })
  details?: ErrorDetail[];
}

/** The answer of every request that fails. */
export class ErrorAnswerBody {
  @ApiProperty({ type: ErrorBody })
  error!: ErrorBody;
}
