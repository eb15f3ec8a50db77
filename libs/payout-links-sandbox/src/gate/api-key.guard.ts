import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { AccountRequest } from './account.decorator.js';
import { accountOf } from './api-key.js';
import { SandboxError } from './sandbox.error.js';

/** Basic authentication; throws `INVALID_API_KEY`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AccountRequest>();
    request.account = accountOf(request.get('authorization'), request.get('for-user-id'));
    if (request.account === undefined) throw SandboxError.invalidApiKey();
    return true;
  }
}
