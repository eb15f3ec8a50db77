import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { PayoutLinksService } from 'nestjs-payout-links';
import { DEMO_OPTIONS, type DemoOptions } from '../../demo.options.js';
import { HTML } from '../layout/page.html.js';
import { WebhookHealthRepository } from './webhook-health.repository.js';
import { webhooksPage } from './webhooks.page.js';

/** The page that shows whether webhooks arrive and are processed. */
@ApiExcludeController()
@Controller('deliveries')
export class WebhooksController {
  constructor(
    private readonly links: PayoutLinksService,
    private readonly repository: WebhookHealthRepository,
    @Inject(DEMO_OPTIONS) private readonly options: DemoOptions,
  ) {}

  @Get()
  @Header(...HTML)
  async show(): Promise<string> {
    const [totals, dead, unmatched] = await Promise.all([
      this.repository.byStatus(),
      this.links.deliveries('DEAD'),
      this.links.deliveries('UNMATCHED'),
    ]);
    return webhooksPage({ totals, dead, unmatched }, this.options.timezone);
  }
}
