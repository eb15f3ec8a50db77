import { Type } from 'class-transformer';
import { Equals, IsDefined, IsIn, IsISO8601, IsOptional, ValidateNested } from 'class-validator';
import { REPORT_VERSIONS, type ReportVersion } from './report.js';

const KNOWN_TYPES = ['TRANSACTIONS', 'BALANCE_HISTORY', 'UPCOMING_TRANSACTIONS', 'DETAILED_TRANSACTIONS'];

/** The time that a report covers. */
export class ReportFilter {
  @IsISO8601({ strict: true }, { message: 'filter.from must be an ISO 8601 time' })
  from!: string;

  @IsISO8601({ strict: true }, { message: 'filter.to must be an ISO 8601 time' })
  to!: string;
}

/** The body of `POST /reports`. */
export class CreateReportBody {
  @IsIn(KNOWN_TYPES, { message: `type must be one of ${KNOWN_TYPES.join(', ')}` })
  type!: string;

  @ValidateNested({ message: 'filter must be an object with from and to' })
  @Type(() => ReportFilter)
  @IsDefined({ message: 'filter is required' })
  filter!: ReportFilter;

  @IsOptional()
  @Equals('CSV', { message: 'format must be CSV' })
  format?: 'CSV';

  @IsOptional()
  @Equals('IDR', { message: 'currency must be IDR' })
  currency?: 'IDR';

  @IsOptional()
  @IsIn(REPORT_VERSIONS, { message: `report_version must be one of ${REPORT_VERSIONS.join(', ')}` })
  report_version?: ReportVersion;
}
