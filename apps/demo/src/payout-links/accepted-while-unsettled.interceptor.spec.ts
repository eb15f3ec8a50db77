import { expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { PayoutLinkStatus } from 'nestjs-payout-links';
import { firstValueFrom, of } from 'rxjs';
import { AcceptedWhileUnsettled } from './accepted-while-unsettled.interceptor.js';
import type { PayoutLinkResponse } from './payout-link.response.js';

it('responds with 202 for a link in CREATING or UNCONFIRMED, and for no other', async () => {
  const accepted: string[] = [];
  for (const status of Object.values(PayoutLinkStatus)) {
    const response = { status: () => accepted.push(status) };
    const context = { switchToHttp: () => ({ getResponse: () => response }) } as unknown as ExecutionContext;
    const link = { status } as PayoutLinkResponse;
    await firstValueFrom(new AcceptedWhileUnsettled().intercept(context, { handle: () => of(link) }));
  }
  expect(accepted).toEqual(['CREATING', 'UNCONFIRMED']);
});
