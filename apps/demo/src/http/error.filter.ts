import { Catch, Logger, type ArgumentsHost } from '@nestjs/common';
import type { Request, Response } from 'express';
import { PayoutLinksExceptionFilter } from 'nestjs-payout-links';
import { errorPage } from '../operations/layout/error.page.js';
import { errorResponseOf } from './error.response.js';
import { isPage } from './page.paths.js';

/** Gives every error one shape, `{ error: { code, message, details? } }`; a browser on a page gets an HTML page. */
@Catch()
export class ErrorFilter extends PayoutLinksExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  override catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const { status, code, message, details, retryAfterSeconds } = errorResponseOf(error);
    if (status === 500) {
      this.logger.error(`${request.method} ${request.path}: ${traceOf(error)}`);
    } else if (status > 500) {
      this.logger.warn(`${request.method} ${request.path}: ${status} ${code}: ${message}`);
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds));
    if (isPage(request.path) && request.accepts(['json', 'html']) === 'html') {
      response.status(status).type('html').send(errorPage({ status, message }));
      return;
    }
    // A page handler may have set another type already.
    response.type('json');
    response.status(status).json({ error: { code, message, ...(details && { details }) } });
  }
}

/** Message and stack only: an error's other fields may contain keys, e-mail addresses or a statement's parameters. */
function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : 'something that is no error was thrown';
}
