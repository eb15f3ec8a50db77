import { Controller, Get, Req, UseFilters, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { Account } from '../http/account.decorator.js';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { RateLimitGuard } from '../http/rate-limit.guard.js';
import { SandboxErrorFilter } from '../http/sandbox-error.filter.js';
import { LedgerService } from './ledger.service.js';
import { transactionResponse, type TransactionResponse } from './transaction.response.js';
import { transactionsQuery } from './transactions.query.js';

/** The account's transactions, newest first. See https://docs.xendit.co/apidocs/list-transactions */
@Controller('transactions')
@UseFilters(SandboxErrorFilter)
@UseGuards(ApiKeyGuard, RateLimitGuard)
export class TransactionsController {
  constructor(private readonly ledger: LedgerService) {}

  @Get()
  list(
    @Account() account: string,
    @Req() { originalUrl }: Request,
  ): {
    has_more: boolean;
    data: TransactionResponse[];
    links: { href: string; rel: string; method: string }[];
  } {
    const { isWanted, limit, afterId } = transactionsQuery(originalUrl);
    const all = this.ledger.transactions(account).toReversed();
    const start = afterId === null ? 0 : all.findIndex(({ id }) => id === afterId) + 1;
    const rest = all.slice(start).filter(isWanted);
    const data = rest.slice(0, limit).map(transactionResponse);
    const hasMore = rest.length > limit;
    const next = new URLSearchParams({ limit: String(limit), after_id: data.at(-1)?.id ?? '' });
    return {
      has_more: hasMore,
      data,
      links: hasMore ? [{ href: `/transactions?${next.toString()}`, rel: 'next', method: 'GET' }] : [],
    };
  }
}
