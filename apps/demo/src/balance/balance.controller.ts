import { Controller, Get, HttpStatus, NotFoundException, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { InvalidPayoutLinkError, PayoutLinksService } from 'nestjs-payout-links';
import { ApiErrorsOfRead } from '../docs/api-errors.decorator.js';
import { BalanceResponse } from './balance.response.js';

/** What an account can pay out. */
@ApiTags('balance')
@Controller('balance')
export class BalanceController {
  constructor(private readonly links: PayoutLinksService) {}

  @Get()
  @ApiOperation({ operationId: 'getBalance', summary: 'The balance of an account at the provider' })
  @ApiQuery({
    name: 'account',
    required: false,
    description: 'its name in the configuration',
    schema: { type: 'string', default: 'default' },
  })
  @ApiResponse({
    status: HttpStatus.OK,
    description: 'the balance, as the provider has just said',
    type: BalanceResponse,
    example: {
      account: 'default',
      available: 9_874_500_000,
      currency: 'IDR',
      at: '2026-01-31T09:30:00.000Z',
    },
  })
  @ApiErrorsOfRead('NOT_FOUND')
  async read(@Query('account') account: unknown = 'default'): Promise<BalanceResponse> {
    const name = typeof account === 'string' ? account : '';
    try {
      const { available, currency, at } = await this.links.balance(name);
      return { account: name, available: Number(available), currency, at: at.toISOString() };
    } catch (error) {
      if (error instanceof InvalidPayoutLinkError) throw new NotFoundException(error.message);
      throw error;
    }
  }
}
