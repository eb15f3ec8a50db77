import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Caller } from './api-key.js';

/** A request; `ApiKeyGuard` sets its caller. */
export type CallerRequest = Request & { caller?: Caller };

/** Injects the label of the calling account. */
export const Account = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<CallerRequest>().caller?.account,
);
