import { Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { BalanceController } from './balance/balance.controller.js';
import { ClaimPageController } from './claim-page/claim-page.controller.js';
import { SandboxClock } from './clock/sandbox.clock.js';
import { ControlController } from './control/control.controller.js';
import { FaultInterceptor } from './faults/fault.interceptor.js';
import { FaultQueue } from './faults/fault.queue.js';
import { ApiKeyGuard } from './http/api-key.guard.js';
import { RateLimitGuard } from './http/rate-limit.guard.js';
import { RateLimiter } from './http/rate-limiter.js';
import { RequestCounter } from './http/request-counter.js';
import { RequestCounterGuard } from './http/request-counter.guard.js';
import { writeRequestId } from './http/request-id.js';
import { AddedTransactions } from './statements/added-transactions.js';
import { LedgerService } from './statements/ledger.service.js';
import { ReportFilesController, ReportsController } from './statements/reports.controller.js';
import { ReportsService } from './statements/reports.service.js';
import { TransactionsController } from './statements/transactions.controller.js';
import { PayoutStore } from './payouts/payout.store.js';
import { PayoutsController } from './payouts/payouts.controller.js';
import { PayoutsService } from './payouts/payouts.service.js';
import { SandboxAddress } from './sandbox.address.js';
import { SANDBOX_OPTIONS, resolveOptions, type SandboxModuleOptions } from './sandbox.options.js';
import { StateChanges } from './state/state-changes.js';
import { StateKeeper } from './state/state.keeper.js';
import { WebhookSender } from './webhooks/webhook.sender.js';
import { WebhookSettingsHolder } from './webhooks/webhook.settings.js';
import { WebhooksService } from './webhooks/webhooks.service.js';

const CONTROLLERS = [
  PayoutsController,
  BalanceController,
  TransactionsController,
  ReportsController,
  ReportFilesController,
  ClaimPageController,
  ControlController,
];

/** The sandbox as a module of an Express host; `startSandbox` runs it standalone. */
@Module({
  controllers: CONTROLLERS,
  providers: [
    AddedTransactions,
    ApiKeyGuard,
    FaultInterceptor,
    FaultQueue,
    LedgerService,
    PayoutStore,
    PayoutsService,
    RateLimitGuard,
    RateLimiter,
    ReportsService,
    RequestCounter,
    RequestCounterGuard,
    SandboxAddress,
    SandboxClock,
    StateChanges,
    StateKeeper,
    WebhookSender,
    WebhookSettingsHolder,
    WebhooksService,
  ],
})
export class SandboxModule implements NestModule {
  static register(options: SandboxModuleOptions = {}): DynamicModule {
    return {
      module: SandboxModule,
      providers: [{ provide: SANDBOX_OPTIONS, useValue: resolveOptions(options) }],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((_request: Request, response: Response, next: NextFunction) => {
        writeRequestId(response);
        next();
      })
      .forRoutes(...CONTROLLERS);
  }
}
