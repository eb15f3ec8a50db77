import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { RequestCounter } from './request-counter.js';
import { providerRoute } from './routes.js';

/** Counts every request to a provider route, whatever its outcome. */
@Injectable()
export class RequestCounterGuard implements CanActivate {
  constructor(private readonly counter: RequestCounter) {}

  canActivate(context: ExecutionContext): boolean {
    const { method, path, params } = context.switchToHttp().getRequest<Request<{ id?: string }>>();
    this.counter.count(providerRoute(method, path), params.id);
    return true;
  }
}
