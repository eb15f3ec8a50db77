import { IsInt, IsISO8601, IsOptional, Matches, Max, Min } from 'class-validator';

const TEN_YEARS_MS = 10 * 365 * 24 * 60 * 60_000;

// The subset of ISO 8601 that is unambiguous.
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;
const TIME_MESSAGE =
  'now must be an ISO 8601 time in UTC or with an offset, such as 2026-01-31T09:00:00.000Z';

/** How to move the clock: exactly one of the two fields. */
export class AdvanceClockBody {
  @IsOptional()
  @Min(0, { message: 'advanceMs must not be negative' })
  @Max(TEN_YEARS_MS, { message: 'advanceMs must not be more than ten years' })
  @IsInt({ message: 'advanceMs must be a whole number of milliseconds' })
  advanceMs?: number;

  @IsOptional()
  @Matches(TIME, { message: TIME_MESSAGE })
  @IsISO8601({ strict: true }, { message: TIME_MESSAGE })
  now?: string;
}
