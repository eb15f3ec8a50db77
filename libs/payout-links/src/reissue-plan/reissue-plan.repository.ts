import { Injectable } from '@nestjs/common';
import { PayoutLinksAccounts } from '../account/payout-links.accounts.js';
import { entityOf, type Row } from '../database/entity-rows.js';
import { PayoutLinksDatabase, type Statements } from '../database/payout-links.database.js';
import { LEASE_SECONDS } from '../lease.js';
import type { PayoutLink } from '../link/payout-link.entity.js';
import { parseWebhookPayload } from '../webhook/webhook-payload.js';
import { isRecord } from '../xendit/xendit.responses.js';
import type { ResolvedAutoReissue } from './auto-reissue.options.js';
import { CANCEL, END, FIND, LOCK, PLAN, POSTPONE, TAKE, UNPROCESSED } from './reissue-plan.sql.js';
import { PayoutLinkReissuePlan, type ReissuePlanOutcome } from './reissue-plan.entity.js';

/** The queries on planned reissues. */
@Injectable()
export class ReissuePlanRepository {
  constructor(
    private readonly database: PayoutLinksDatabase,
    private readonly accounts: PayoutLinksAccounts,
  ) {}

  /** Stores a plan for every new failure of an account that may be sent again. Several processes may call it at once. */
  async plan(
    account: string,
    { codes, maxAttempts, maxAmount, waits }: ResolvedAutoReissue,
  ): Promise<number> {
    return this.database.execute(
      ...PLAN({
        account,
        codes: [...codes.keys()],
        codeWaits: [...codes.values()],
        maxAttempts,
        maxAmount: maxAmount?.toString() ?? null,
        waits,
      }),
    );
  }

  /** Leases due plans to this process. */
  async take(accounts: readonly string[], limit: number): Promise<PayoutLinkReissuePlan[]> {
    return plans(await this.database.queryUnprepared<Row>(...TAKE({ accounts, limit })));
  }

  async renew(plan: PayoutLinkReissuePlan): Promise<void> {
    await this.postpone(plan, LEASE_SECONDS, null);
  }

  /** Tries the plan again after some seconds. */
  async postpone(plan: PayoutLinkReissuePlan, seconds: number, reason: string | null): Promise<void> {
    await this.database.execute(...POSTPONE({ ...leaseOf(plan), seconds, reason }));
  }

  /** In the caller's transaction, or alone. */
  async end(
    plan: PayoutLinkReissuePlan,
    outcome: ReissuePlanOutcome,
    reason: string | null = null,
    statements: Statements = this.database,
  ): Promise<void> {
    await statements.execute(...END({ ...leaseOf(plan), account: plan.account, outcome, reason }));
  }

  /** Locks the plan in the caller's transaction; false when it has ended, or another process has it. */
  async lock(plan: PayoutLinkReissuePlan, statements: Statements): Promise<boolean> {
    return (await statements.query(...LOCK(leaseOf(plan)))).length > 0;
  }

  /** Ends the plan that stands for a link; null when there is none. */
  async cancel(link: PayoutLink, reason: string): Promise<PayoutLinkReissuePlan | null> {
    const { account, id } = link;
    return plans(await this.database.query<Row>(...CANCEL({ account, id, reason })))[0] ?? null;
  }

  /** The plans that stand for the current failures of links. */
  async find(ids: readonly string[]): Promise<PayoutLinkReissuePlan[]> {
    return ids.length === 0 ? [] : plans(await this.database.query<Row>(...FIND({ ids })));
  }

  /** Whether a delivery about the link waits to be processed, or is a dead letter: it may say that it was paid. */
  async hasUnprocessedDelivery(
    { account, externalId, providerId, disbursementId }: PayoutLink,
    statements: Statements = this.database,
  ): Promise<boolean> {
    const accounts = this.accounts.sharingTokenWith(account);
    const rows = await statements.query<{ body: unknown }>(
      ...UNPROCESSED({ accounts, externalId, providerId, disbursementId }),
    );
    return rows.some(({ body }) => {
      const payload = isRecord(body) ? parseWebhookPayload(body) : null;
      return (
        payload !== null &&
        (payload.externalId === externalId ||
          payload.ids.some((id) => id === providerId || id === disbursementId))
      );
    });
  }
}

function leaseOf({ payoutLinkId, seq, leaseFence }: PayoutLinkReissuePlan) {
  return { payoutLinkId, seq, leaseFence };
}

function plans(rows: readonly Row[]): PayoutLinkReissuePlan[] {
  return rows.map((row) => entityOf(PayoutLinkReissuePlan, row));
}
