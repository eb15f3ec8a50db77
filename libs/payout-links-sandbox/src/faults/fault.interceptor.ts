import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { catchError, delay, dematerialize, map, materialize, NEVER, switchMap, type Observable } from 'rxjs';
import { writeRateLimit } from '../http/rate-limit.headers.js';
import { RateLimiter } from '../http/rate-limiter.js';
import { providerRoute } from '../http/routes.js';
import { SandboxError } from '../http/sandbox.error.js';
import type { Fault } from './fault.js';
import { FaultQueue } from './fault.queue.js';

const DEFAULT_MS = 1_000;
const GARBAGE = '<!doctype html><html><body><h1>We will be right back</h1></body></html>';

/** Makes a provider route fail as requested through the control API. */
@Injectable()
export class FaultInterceptor implements NestInterceptor {
  constructor(
    private readonly faults: FaultQueue,
    private readonly limiter: RateLimiter,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const fault = this.faults.take(providerRoute(request.method, request.path));
    return fault ? this.#strike(fault, request, http.getResponse<Response>(), next) : next.handle();
  }

  #strike(fault: Fault, request: Request, response: Response, next: CallHandler<unknown>) {
    switch (fault.kind) {
      case 'latency':
        // Delays error responses too.
        return next.handle().pipe(materialize(), delay(fault.ms ?? DEFAULT_MS), dematerialize());
      case 'reset':
        request.socket.resetAndDestroy();
        return NEVER;
      case 'timeout-before':
        return silence(fault, request);
      case 'timeout-after':
        return next.handle().pipe(
          switchMap(() => silence(fault, request)),
          catchError(() => silence(fault, request)),
        );
      case '500':
        throw SandboxError.server();
      case '429':
        writeRateLimit(response, this.limiter.limit, 0, fault.ms ?? DEFAULT_MS);
        throw SandboxError.rateLimited();
      case 'garbage':
        response.type('html');
        return next.handle().pipe(
          map(() => GARBAGE),
          catchError(() => [GARBAGE]),
        );
    }
  }
}

/**
 * Sends no response. With `ms` the connection is closed after that time; otherwise it stays open as long as the
 * caller waits.
 */
function silence(fault: Fault, request: Request): Observable<never> {
  if (fault.ms !== undefined) setTimeout(() => request.socket.destroy(), fault.ms).unref();
  return NEVER;
}
