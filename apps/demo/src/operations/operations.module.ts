import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DeadLettersRepository } from './dead-letters/dead-letters.repository.js';
import { FormTokens } from './forms/form-tokens.js';
import { PageForms } from './forms/page-form.js';
import { LinkController } from './link/link.controller.js';
import { LinksController } from './links/links.controller.js';
import { TotalsRepository } from './links/totals.repository.js';
import { WebhookHealthRepository } from './webhooks/webhook-health.repository.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

/** The pages' controllers, for the module that hosts them. */
export const OPERATIONS_CONTROLLERS = [
  LinksController,
  LinkController,
  DeadLettersController,
  WebhooksController,
];

/** Their providers; `apiKey` is the secret of the form tokens. */
export const operationsProviders = (apiKey: string | undefined) => [
  TotalsRepository,
  DeadLettersRepository,
  WebhookHealthRepository,
  PageForms,
  { provide: FormTokens, useValue: FormTokens.of(apiKey) },
];
