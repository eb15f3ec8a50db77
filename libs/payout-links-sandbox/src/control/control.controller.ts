import { Body, Controller, Get, HttpCode, Post, UseFilters } from '@nestjs/common';
import { SandboxClock } from '../clock/sandbox.clock.js';
import type { Fault } from '../faults/fault.js';
import { FaultQueue } from '../faults/fault.queue.js';
import { accountOf } from '../http/api-key.js';
import { bodyOf } from '../http/body.pipe.js';
import { RateLimiter } from '../http/rate-limiter.js';
import { RequestCounter, type RequestCounts } from '../http/request-counter.js';
import { SandboxError } from '../http/sandbox.error.js';
import { SandboxErrorFilter } from '../http/sandbox-error.filter.js';
import { payoutResponse, type PayoutResponse } from '../payouts/payout.response.js';
import { PayoutStore } from '../payouts/payout.store.js';
import { PayoutsService } from '../payouts/payouts.service.js';
import { SandboxAddress } from '../sandbox.address.js';
import { WebhookSender } from '../webhooks/webhook.sender.js';
import { WebhookSettingsHolder, type WebhookSettings } from '../webhooks/webhook.settings.js';
import { SANDBOX_API_KEY } from '../sandbox.options.js';
import { AddedTransactions } from '../statements/added-transactions.js';
import { LedgerService } from '../statements/ledger.service.js';
import { ReportsService } from '../statements/reports.service.js';
import type { Transaction } from '../statements/transaction.js';
import { transactionResponse, type TransactionResponse } from '../statements/transaction.response.js';
import { AdvanceClockBody } from './advance-clock.body.js';
import { ClaimBody } from './claim.body.js';
import { emailResponse, type EmailResponse } from './email.response.js';
import { FaultBody } from './fault.body.js';
import { TransactionBody } from './transaction.body.js';
import { WebhookSettingsBody } from './webhook-settings.body.js';

const REFUSED = { unknownFields: 'refused' } as const;

/** Controls the sandbox itself, for tests and developers; not part of the provider's API. */
@Controller('_sandbox')
@UseFilters(SandboxErrorFilter)
export class ControlController {
  constructor(
    private readonly store: PayoutStore,
    private readonly payouts: PayoutsService,
    private readonly clock: SandboxClock,
    private readonly faults: FaultQueue,
    private readonly limiter: RateLimiter,
    private readonly counter: RequestCounter,
    private readonly settings: WebhookSettingsHolder,
    private readonly sender: WebhookSender,
    private readonly address: SandboxAddress,
    private readonly ledger: LedgerService,
    private readonly added: AddedTransactions,
    private readonly reports: ReportsService,
  ) {}

  @Get('emails')
  emails(): EmailResponse[] {
    const url = this.address.url();
    return Array.from(this.store.all(), (payout) => emailResponse(payout, url));
  }

  @Get('payouts')
  links(): (PayoutResponse & { account: string })[] {
    const url = this.address.url();
    return Array.from(this.store.all(), (payout) => ({
      ...payoutResponse(payout, url),
      account: payout.account,
    }));
  }

  @Get('clock')
  time(): { now: string } {
    return { now: new Date(this.clock.now()).toISOString() };
  }

  @Post('clock')
  @HttpCode(200)
  async moveClock(
    @Body(bodyOf(AdvanceClockBody, REFUSED)) { advanceMs, now }: AdvanceClockBody,
  ): Promise<{ now: string }> {
    if ((advanceMs == null) === (now == null)) {
      const message = 'give exactly one of advanceMs and now';
      throw SandboxError.validation([
        { path: 'advanceMs', message },
        { path: 'now', message },
      ]);
    }
    const moved = await this.clock.moveTo((from) =>
      now == null ? from + (advanceMs as number) : Date.parse(now),
    );
    return { now: new Date(moved).toISOString() };
  }

  @Post('claims')
  @HttpCode(200)
  claim(@Body(bodyOf(ClaimBody, REFUSED)) body: ClaimBody): PayoutResponse {
    const payout = this.payouts.find(body.id);
    if (!payout) throw SandboxError.notFound();
    if (payout.status !== 'PENDING') throw SandboxError.notClaimable(payout.status);
    const claimed = this.payouts.claim(payout, {
      bankCode: body.bankCode ?? 'BCA',
      accountNumber: body.accountNumber,
      accountHolderName: body.accountHolderName ?? 'Sandbox Recipient',
    });
    return payoutResponse(claimed, this.address.url());
  }

  @Post('faults')
  @HttpCode(200)
  addFault(@Body(bodyOf(FaultBody, REFUSED)) { route, kind, times, ms }: FaultBody): readonly Fault[] {
    return this.faults.add({ route, kind, times, ...(ms != null && { ms }) });
  }

  @Post('webhooks')
  @HttpCode(200)
  setWebhooks(@Body(bodyOf(WebhookSettingsBody, REFUSED)) body: WebhookSettingsBody): WebhookSettings {
    const given = Object.entries(body).filter(([, value]) => value != null);
    return this.settings.merge(Object.fromEntries(given));
  }

  @Post('transactions')
  @HttpCode(200)
  changeLedger(@Body(bodyOf(TransactionBody, REFUSED)) body: TransactionBody): TransactionResponse {
    return transactionResponse(this.#changeLedger(body));
  }

  @Get('requests')
  requests(): RequestCounts['routes'] {
    return this.counter.state().routes;
  }

  @Get('polls')
  polls(): RequestCounts['polls'] {
    return this.counter.state().polls;
  }

  @Post('reset')
  @HttpCode(200)
  async reset(): Promise<{ now: string }> {
    this.store.clear();
    this.settings.reset();
    this.faults.reset();
    this.limiter.reset();
    this.counter.reset();
    this.added.clear();
    this.reports.clear();
    this.sender.abortAll();
    await this.clock.reset();
    return this.time();
  }

  #changeLedger({
    apiKey = SANDBOX_API_KEY,
    referenceId,
    amount,
    status,
    ...other
  }: TransactionBody): Transaction {
    const { duplicateOf, hide } = other;
    const isForeign = referenceId != null && amount != null;
    const given = [referenceId ?? amount ?? status, duplicateOf, hide].filter((value) => value != null);
    if (given.length === 1 && isForeign)
      return this.ledger.plant({
        account: accountOf(apiKey),
        referenceId,
        amount,
        status: status ?? 'SUCCESS',
      });
    if (given.length === 1 && duplicateOf != null) return this.ledger.double(duplicateOf);
    if (given.length === 1 && hide != null) return this.ledger.hide(hide);
    const message = 'give referenceId and amount, or duplicateOf, or hide';
    throw SandboxError.validation(['referenceId', 'duplicateOf', 'hide'].map((path) => ({ path, message })));
  }
}
