import { Controller, Get, UseFilters, UseGuards } from '@nestjs/common';
import { Account } from '../http/account.decorator.js';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { RateLimitGuard } from '../http/rate-limit.guard.js';
import { SandboxErrorFilter } from '../http/sandbox-error.filter.js';
import { PayoutsService } from '../payouts/payouts.service.js';

/** The account's balance, less what its links reserve. See https://docs.xendit.co/apidocs/get-balance */
@Controller('balance')
@UseFilters(SandboxErrorFilter)
@UseGuards(ApiKeyGuard, RateLimitGuard)
export class BalanceController {
  constructor(private readonly payouts: PayoutsService) {}

  @Get()
  read(@Account() account: string): { balance: number } {
    return { balance: this.payouts.balance(account) };
  }
}
