import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { writeRequestId } from './request-id.js';
import { SandboxError } from './sandbox.error.js';

/** Responds to every error in the provider's format. */
@Catch()
export class SandboxErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger(SandboxErrorFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) return;
    const { status, errorCode, message, errors } = this.#sandboxError(thrown);
    // Errors before the middleware, such as a malformed body, have no id yet.
    writeRequestId(response);
    response.status(status).json({ error_code: errorCode, message, ...(errors && { errors }) });
  }

  #sandboxError(thrown: unknown): SandboxError {
    if (thrown instanceof SandboxError) return thrown;
    const status = thrown instanceof HttpException ? thrown.getStatus() : statusOf(thrown);
    if (status === 404) return SandboxError.notFound('This address');
    if (status === 413) return new SandboxError(413, 'REQUEST_TOO_LARGE', 'The request body is too large.');
    if (status < 500) return SandboxError.invalidJson();
    this.#logger.error(thrown);
    return SandboxError.server();
  }
}

function statusOf(thrown: unknown): number {
  const { status } = (thrown ?? {}) as { status?: unknown };
  return typeof status === 'number' ? status : 500;
}
