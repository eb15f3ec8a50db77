import { Module, type DynamicModule } from '@nestjs/common';
import { DEMO_OPTIONS, type DemoOptions } from '../demo.options.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DeadLettersRepository } from './dead-letters/dead-letters.repository.js';
import { FormTokens } from './forms/form-tokens.js';
import { PageForms } from './forms/page-form.js';
import { LinkController } from './link/link.controller.js';
import { LinksController } from './links/links.controller.js';
import { TotalsRepository } from './links/totals.repository.js';
import { WebhookHealthRepository } from './webhooks/webhook-health.repository.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

/** The operations pages. Needs a global `PayoutLinksModule`. */
@Module({})
export class OperationsModule {
  /** @param apiKey the secret of the form tokens; undefined: one for this process */
  static register(options: DemoOptions, apiKey: string | undefined): DynamicModule {
    return {
      module: OperationsModule,
      controllers: [LinksController, LinkController, DeadLettersController, WebhooksController],
      providers: [
        { provide: DEMO_OPTIONS, useValue: options },
        { provide: FormTokens, useValue: FormTokens.of(apiKey) },
        PageForms,
        TotalsRepository,
        DeadLettersRepository,
        WebhookHealthRepository,
      ],
    };
  }
}
