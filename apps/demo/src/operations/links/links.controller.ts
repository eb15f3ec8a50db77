import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { PayoutLinksService, type ListPayoutLinks } from 'nestjs-payout-links';
import { DEMO_OPTIONS, type DemoOptions } from '../../demo.options.js';
import { HTML } from '../layout/page.html.js';
import { filterOf } from './links.filter.js';
import { linksPage } from './links.page.js';
import { TotalsRepository } from './totals.repository.js';

/** The first operations page: totals and the list. */
@ApiExcludeController()
@Controller()
export class LinksController {
  constructor(
    private readonly links: PayoutLinksService,
    private readonly totals: TotalsRepository,
    @Inject(DEMO_OPTIONS) private readonly options: DemoOptions,
  ) {}

  @Get()
  @Header(...HTML)
  async list(@Query() query: Record<string, unknown>): Promise<string> {
    const filter = filterOf(query);
    const [found, totals] = await Promise.all([
      this.links.list(filter as ListPayoutLinks),
      this.totals.byStatus(filter.batchId),
    ]);
    return linksPage(found, totals, filter, this.options.timezone);
  }
}
