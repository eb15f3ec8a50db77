import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { tap, type Observable } from 'rxjs';
import type { PayoutLinkResponse } from './payout-link.response.js';

/** Responds with 202 for a create whose outcome is still unknown. */
export class AcceptedWhileUnsettled implements NestInterceptor<PayoutLinkResponse, PayoutLinkResponse> {
  intercept(
    context: ExecutionContext,
    next: CallHandler<PayoutLinkResponse>,
  ): Observable<PayoutLinkResponse> {
    return next.handle().pipe(
      tap(({ status }) => {
        if (status === 'UNCONFIRMED' || status === 'CREATING') {
          context.switchToHttp().getResponse<Response>().status(202);
        }
      }),
    );
  }
}
