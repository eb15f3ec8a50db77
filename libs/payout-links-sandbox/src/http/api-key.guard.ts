import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { CallerRequest } from './account.decorator.js';
import { callerOf } from './api-key.js';
import { SandboxError } from './sandbox.error.js';

/** Basic authentication; throws `INVALID_API_KEY`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    request.caller = callerOf(request.get('authorization'), request.get('for-user-id'));
    if (request.caller === undefined) throw SandboxError.invalidApiKey();
    return true;
  }
}
