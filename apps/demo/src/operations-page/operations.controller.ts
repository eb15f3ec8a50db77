import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { PayoutLinksService, type ListPayoutLinks } from 'nestjs-payout-links';
import { DEMO_OPTIONS, type DemoOptions } from '../demo.options.js';
import { ListQuery } from '../payout-links/list.query.js';
import { linkPage } from './link.page.js';
import { linksPage, type LinksFilter } from './links.page.js';
import { TotalsRepository } from './totals.repository.js';

const HTML = ['Content-Type', 'text/html; charset=utf-8'] as const;

/** Pages for who looks after payouts. */
@ApiExcludeController()
@Controller()
export class OperationsController {
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
      this.totals.byStatus(),
    ]);
    return linksPage(found, totals, filter, this.options.timezone);
  }

  @Get('links/:id')
  @Header(...HTML)
  async link(@Param('id') id: string): Promise<string> {
    const [link, history] = await Promise.all([this.links.get(id), this.links.history(id)]);
    return linkPage(link, history, this.options);
  }
}

/** A form sends its empty fields too. */
function filterOf(query: Record<string, unknown>): LinksFilter {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const { limit: _, ...filter } = new ListQuery().transform(Object.fromEntries(given));
  return filter;
}
