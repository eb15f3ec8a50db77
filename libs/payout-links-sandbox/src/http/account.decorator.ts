import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Caller } from './api-key.js';

/** A request; `ApiKeyGuard` says whose. */
export type CallerRequest = Request & { caller?: Caller };

/** Gives a handler the label of the account that calls. */
export const Account = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<CallerRequest>().caller?.account,
);
