import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'express';
import type { CallerRequest } from './account.decorator.js';
import { writeRateLimit } from './rate-limit.headers.js';
import { RateLimiter } from './rate-limiter.js';
import { limitedRoute } from './routes.js';
import { SandboxError } from './sandbox.error.js';

/** Limits the rate per key and route; throws `RATE_LIMIT_EXCEEDED`. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly limiter: RateLimiter) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { caller, method, path } = http.getRequest<CallerRequest>();
    const { passed, remaining, resetMs } = this.limiter.take(caller?.key ?? '', limitedRoute(method, path));
    writeRateLimit(http.getResponse<Response>(), this.limiter.limit, remaining, resetMs);
    if (!passed) throw SandboxError.rateLimited();
    return true;
  }
}
