import { IsInt, IsISO8601, IsOptional, Max, Min } from 'class-validator';

const TEN_YEARS_MS = 10 * 365 * 24 * 60 * 60_000;

/** How to move the clock: exactly one of the two. */
export class AdvanceClockBody {
  @IsOptional()
  @Min(0, { message: 'advanceMs must not be negative' })
  @Max(TEN_YEARS_MS, { message: 'advanceMs must not be more than ten years' })
  @IsInt({ message: 'advanceMs must be a whole number of milliseconds' })
  advanceMs?: number;

  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true }, { message: 'now must be an ISO 8601 time' })
  now?: string;
}
