import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { tap, type Observable } from 'rxjs';
import type { PayoutLinkAnswer } from './answers.js';

/** 202 for a create whose outcome is not known yet. */
export class AcceptedWhileUnsettled implements NestInterceptor<PayoutLinkAnswer, PayoutLinkAnswer> {
  intercept(context: ExecutionContext, next: CallHandler<PayoutLinkAnswer>): Observable<PayoutLinkAnswer> {
    return next.handle().pipe(
      tap(({ status }) => {
        if (status === 'UNCONFIRMED' || status === 'CREATING') {
          context.switchToHttp().getResponse<Response>().status(202);
        }
      }),
    );
  }
}
