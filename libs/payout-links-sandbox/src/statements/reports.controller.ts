import { Body, Controller, Get, Header, HttpCode, Param, Post, UseFilters, UseGuards } from '@nestjs/common';
import { SandboxClock } from '../clock/sandbox.clock.js';
import { Account } from '../http/account.decorator.js';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { bodyOf } from '../http/body.pipe.js';
import { RateLimitGuard } from '../http/rate-limit.guard.js';
import { SandboxErrorFilter } from '../http/sandbox-error.filter.js';
import { SandboxAddress } from '../sandbox.address.js';
import { CreateReportBody } from './create-report.body.js';
import type { Report } from './report.js';
import { reportResponse, type ReportResponse } from './report.response.js';
import { ReportsService } from './reports.service.js';

/** The provider's reports. See https://docs.xendit.co/apidocs/generate-report */
@Controller('reports')
@UseFilters(SandboxErrorFilter)
@UseGuards(ApiKeyGuard, RateLimitGuard)
export class ReportsController {
  constructor(
    private readonly reports: ReportsService,
    private readonly clock: SandboxClock,
    private readonly address: SandboxAddress,
  ) {}

  @Post()
  @HttpCode(200)
  create(
    @Account() account: string,
    @Body(bodyOf(CreateReportBody, { unknownFields: 'ignored' })) body: CreateReportBody,
  ): ReportResponse {
    return this.#response(this.reports.create(account, body));
  }

  @Get(':id')
  read(@Account() account: string, @Param('id') id: string): ReportResponse {
    return this.#response(this.reports.get(account, id));
  }

  #response(report: Report): ReportResponse {
    return reportResponse(report, this.clock.now(), this.address.url());
  }
}

/** The files of finished reports. The provider has them on another host, and their address is all one needs. */
@Controller('report-files')
@UseFilters(SandboxErrorFilter)
export class ReportFilesController {
  constructor(private readonly reports: ReportsService) {}

  @Get(':fileKey.csv')
  @Header('content-type', 'text/csv; charset=utf-8')
  read(@Param('fileKey') fileKey: string): string {
    return this.reports.file(fileKey);
  }
}
