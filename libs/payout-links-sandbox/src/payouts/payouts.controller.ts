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
import { Account } from '../gate/account.decorator.js';
import { ApiKeyGuard } from '../gate/api-key.guard.js';
import { BodyOf } from '../gate/body.pipe.js';
import { RateLimitGuard } from '../gate/rate-limit.guard.js';
import { RequestCounterGuard } from '../gate/request-counter.guard.js';
import { SandboxErrorFilter } from '../gate/sandbox-error.filter.js';
import { SandboxAddress } from '../sandbox.address.js';
import { CreatePayoutBody } from './create-payout.body.js';
import { payoutAnswer, voidAnswer, type PayoutAnswer } from './payout.answer.js';
import { PayoutsService } from './payouts.service.js';

/** The provider's routes (specification: create, retrieve, void). */
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
    @Body(new BodyOf(CreatePayoutBody, { unknownFields: 'ignored' })) body: CreatePayoutBody,
    @Headers('x-idempotency-key') idempotencyKey?: string,
  ): PayoutAnswer {
    const { external_id: externalId, amount, email } = body;
    const payout = this.payouts.create({ account, externalId, amount, email, idempotencyKey });
    return payoutAnswer(payout, this.address.url());
  }

  @Get(':id')
  read(@Account() account: string, @Param('id') id: string): PayoutAnswer {
    return payoutAnswer(this.payouts.get(account, id), this.address.url());
  }

  @Post(':id/void')
  @HttpCode(200)
  void(@Account() account: string, @Param('id') id: string): PayoutAnswer {
    return voidAnswer(this.payouts.void(account, id));
  }
}
