import {
  BadRequestException,
  Body,
  Controller,
  HttpCode,
  Post,
  Req,
  ServiceUnavailableException,
  UseGuards,
} from '@nestjs/common';
import { createHash } from 'node:crypto';
import { isRecord, text } from '../xendit/xendit.answers.js';
import { WebhookInbox } from './webhook.inbox.js';
import { WebhookProcessor } from './webhook.processor.js';
import { WebhookTokenGuard, type WebhookRequest } from './webhook-token.guard.js';

/** Where the provider's webhooks arrive (specification: “Payout Links Events”). */
@Controller('webhooks/xendit/payout-links')
@UseGuards(WebhookTokenGuard)
export class WebhookController {
  constructor(
    private readonly inbox: WebhookInbox,
    private readonly processor: WebhookProcessor,
  ) {}

  /** Stores the delivery and answers at once; 503 when it cannot be stored, so that the provider sends it again. */
  @Post()
  @HttpCode(200)
  async receive(@Req() request: WebhookRequest, @Body() body: unknown): Promise<{ received: true }> {
    if (!isRecord(body) || !bringsJson(request))
      throw new BadRequestException('the body must be a JSON object');
    const json = JSON.stringify(body);
    const webhookId = text(request.headers['webhook-id']);
    try {
      await this.inbox.store({
        account: request.payoutLinksAccount!,
        deliveryKey: webhookId ?? `sha256:${createHash('sha256').update(json).digest('hex')}`,
        event: text(body.event),
        json,
      });
    } catch (error) {
      throw new ServiceUnavailableException('the delivery could not be stored: send it again', {
        cause: error,
      });
    }
    this.processor.wake();
    return { received: true };
  }
}

/** Express hands on an empty object where it has read nothing: an empty body, or one of another type. */
function bringsJson({ headers }: WebhookRequest): boolean {
  return headers['content-length'] !== '0' && /\bjson\b/i.test(String(headers['content-type']));
}
