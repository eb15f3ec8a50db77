import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** The account of a request that `ApiKeyGuard` has let in. */
export type AccountRequest = Request & { account?: string };

/** Gives a handler the label of the account that calls. */
export const Account = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<AccountRequest>().account,
);
