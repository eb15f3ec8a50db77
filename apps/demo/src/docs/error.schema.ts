import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ERROR_CODES } from './error.codes.js';

/** One invalid field and why. */
export class ErrorDetail {
  @ApiProperty({ type: String, example: 'amount' })
  field!: string;

  @ApiProperty({ type: String, example: 'amount must be at least 10000' })
  message!: string;
}

/** The error. */
export class ErrorBody {
  @ApiProperty({
    enum: Object.keys(ERROR_CODES),
    enumName: 'ErrorCode',
    description: 'stable code for programs',
  })
  code!: string;

  @ApiProperty({ type: String, description: 'for people; safe to show' })
  message!: string;

  @ApiPropertyOptional({ type: [ErrorDetail], description: 'each invalid field' })
  details?: ErrorDetail[];
}

/** The response to every request that fails. */
export class ErrorResponseBody {
  @ApiProperty({ type: ErrorBody })
  error!: ErrorBody;
}
