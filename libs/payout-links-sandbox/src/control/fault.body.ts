import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { FAULT_KINDS, type FaultKind } from '../faults/fault.js';
import { PROVIDER_ROUTES, type ProviderRoute } from '../http/routes.js';

const HOUR_MS = 60 * 60_000;

/** A fault to queue. */
export class FaultBody {
  @IsIn(PROVIDER_ROUTES, { message: `route must be one of: ${PROVIDER_ROUTES.join(', ')}` })
  route!: ProviderRoute;

  @IsIn(FAULT_KINDS, { message: `kind must be one of: ${FAULT_KINDS.join(', ')}` })
  kind!: FaultKind;

  @Min(1, { message: 'times must be at least 1' })
  @IsInt({ message: 'times must be a whole number' })
  times!: number;

  @IsOptional()
  @Min(0, { message: 'ms must not be negative' })
  @Max(HOUR_MS, { message: 'ms must not be more than an hour' })
  @IsInt({ message: 'ms must be a whole number of milliseconds' })
  ms?: number;
}
