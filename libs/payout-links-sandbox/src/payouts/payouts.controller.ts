import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { FaultInterceptor } from '../faults/fault.interceptor.js';
import { Account } from '../http/account.decorator.js';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { bodyOf } from '../http/body.pipe.js';
import { RateLimitGuard } from '../http/rate-limit.guard.js';
import { RequestCounterGuard } from '../http/request-counter.guard.js';
import { SandboxErrorFilter } from '../http/sandbox-error.filter.js';
import { SandboxAddress } from '../sandbox.address.js';
import { CreatePayoutBody } from './create-payout.body.js';
import { payoutResponse, voidResponse, type PayoutResponse } from './payout.response.js';
import { PayoutsService } from './payouts.service.js';

/** The provider's routes: create, retrieve, void. See https://docs.xendit.co/integration-payout-links */
@Controller('payouts')
@UseFilters(SandboxErrorFilter)
@UseGuards(RequestCounterGuard, ApiKeyGuard, RateLimitGuard)
@UseInterceptors(FaultInterceptor)
export class PayoutsController {
  constructor(
    private readonly payouts: PayoutsService,
    private readonly address: SandboxAddress,
  ) {}

  @Post()
  @HttpCode(200)
  create(
    @Account() account: string,
    @Body(bodyOf(CreatePayoutBody, { unknownFields: 'ignored' })) body: CreatePayoutBody,
    @Headers('x-idempotency-key') idempotencyKey?: string,
  ): PayoutResponse {
    const { external_id: externalId, amount, email } = body;
    const payout = this.payouts.create({ account, externalId, amount, email, idempotencyKey });
    return payoutResponse(payout, this.address.url());
  }

  @Get(':id')
  read(@Account() account: string, @Param('id') id: string): PayoutResponse {
    return payoutResponse(this.payouts.get(account, id), this.address.url());
  }

  @Post(':id/void')
  @HttpCode(200)
  void(@Account() account: string, @Param('id') id: string): PayoutResponse {
    return voidResponse(this.payouts.void(account, id));
  }
}
