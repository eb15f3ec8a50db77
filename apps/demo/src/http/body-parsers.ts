import type { IncomingMessage } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, RequestHandler } from 'express';
import { InvalidPayoutLinkError } from 'nestjs-payout-links';
import { isPage } from './page.paths.js';
import { isWebhook } from './webhook.path.js';

const MAX_JSON = '256kb';
const MAX_FORM = '16kb';
const JSON_TYPE = /^application\/json\s*(;|$)/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/** The API accepts JSON only, pages accept forms only. */
export function useBodyParsers(app: NestExpressApplication): void {
  app.use(onlyJsonToTheApi);
  app.useBodyParser('json', { limit: MAX_JSON });
  app.useBodyParser('urlencoded', { limit: MAX_FORM, extended: false, type: isPageForm });
}

/** A form on another site can send one of three content types, and never this one. */
const onlyJsonToTheApi: RequestHandler = (request, _, next) => {
  const type = request.headers['content-type'];
  const isApi = !isPage(request.path) && !isWebhook(request.path);
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!isApi || reads || type === undefined || JSON_TYPE.test(type)) return next();
  next(new InvalidPayoutLinkError([{ field: 'body', message: 'the body must be a JSON object' }]));
};

function isPageForm(request: IncomingMessage): boolean {
  return isPage((request as Request).path) && FORM_TYPE.test(request.headers['content-type'] ?? '');
}
