import {
  BadRequestException,
  Controller,
  HttpCode,
  Logger,
  Post,
  Req,
  Res,
  ServiceUnavailableException,
  UseGuards,
  VERSION_NEUTRAL,
  type Type,
} from '@nestjs/common';
import { createHash } from 'node:crypto';
import { RETRY_AFTER_SECONDS } from '../database/database-unavailable.js';
import { MAX_ID, text } from '../rules/texts.js';
import { Meters } from '../telemetry/meters.js';
import { inSpan, SpanKind } from '../telemetry/spans.js';
import { readJsonObject } from './webhook-body.js';
import { WebhookInbox, type IncomingDelivery } from './webhook.inbox.js';
import { WEBHOOK_PATH } from './webhook.path.js';
import { WebhookProcessor } from './webhook.processor.js';
import { WebhookTokenGuard, type WebhookRequest } from './webhook-token.guard.js';

/** Of Express or Fastify. */
interface WebhookResponse {
  header(name: string, value: string): unknown;
}

/** Receives the provider's webhooks. See https://docs.xendit.co/integration-payout-links#payout-links-events */
@Controller({ path: WEBHOOK_PATH, version: VERSION_NEUTRAL })
@UseGuards(WebhookTokenGuard)
export class WebhookController {
  private readonly logger = new Logger(WebhookController.name);

  constructor(
    private readonly inbox: WebhookInbox,
    private readonly processor: WebhookProcessor,
    private readonly meters: Meters,
  ) {}

  /** Stores the delivery and responds at once; 503 when it cannot be stored, so that the provider retries. */
  @Post()
  @HttpCode(200)
  async receive(
    // Not `@Body()`: the host's global pipes would change it.
    @Req() request: WebhookRequest,
    @Res({ passthrough: true }) response: WebhookResponse,
  ): Promise<{ received: true }> {
    const body = await readJsonObject(request);
    const account = request.payoutLinksAccount!;
    if (!body) {
      this.meters.webhookRequest('invalid', account);
      this.logger.warn(
        `a webhook delivery was refused with 400: its body is no JSON object, or is nested too deeply (content-type ${String(request.headers['content-type'])})`,
      );
      throw new BadRequestException('the body must be a JSON object, of 100 levels at most');
    }
    const json = JSON.stringify(body);
    const webhookId = text(request.headers['webhook-id'], MAX_ID);
    try {
      await this.store({
        account,
        deliveryKey: webhookId ?? `sha256:${createHash('sha256').update(json).digest('hex')}`,
        event: text(body.event, MAX_ID),
        json,
      });
    } catch (cause) {
      this.meters.webhookRequest('unavailable', account);
      response.header('Retry-After', String(RETRY_AFTER_SECONDS));
      throw new ServiceUnavailableException('the delivery could not be stored: send it again', { cause });
    }
    this.meters.webhookRequest('stored', account);
    this.processor.wake();
    return { received: true };
  }

  private store(delivery: IncomingDelivery): Promise<void> {
    return inSpan('webhook.store', { kind: SpanKind.PRODUCER }, () => this.inbox.store(delivery));
  }
}

/**
 * The controller with a host's own class decorators, as a new class so that other applications in the process
 * don't share them.
 */
export function webhookController(decorators: readonly ClassDecorator[]): Type<WebhookController> {
  class DecoratedWebhookController extends WebhookController {}
  return Reflect.decorate([...decorators], DecoratedWebhookController) as Type<WebhookController>;
}
