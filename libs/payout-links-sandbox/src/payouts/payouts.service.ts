import { randomInt, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SandboxClock } from '../clock/sandbox.clock.js';
import { SANDBOX_OPTIONS, type ResolvedSandboxOptions } from '../sandbox.options.js';
import { SandboxError } from '../http/sandbox.error.js';
import { AddedTransactions } from '../statements/added-transactions.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import type { Destination, Payout } from './payout.js';
import * as rules from './payout.rules.js';
import { PayoutStore } from './payout.store.js';

/** A merchant's request. */
export interface CreateRequest {
  account: string;
  externalId: string;
  amount: number;
  email: string;
  idempotencyKey?: string;
}

/** The result of a passcode check. */
export type PasscodeCheck = 'right' | 'wrong' | 'locked';

/**
 * Everything that can happen to a link: applies the rules at the clock's time, stores the result, and sends
 * webhooks.
 */
@Injectable()
export class PayoutsService {
  constructor(
    private readonly store: PayoutStore,
    private readonly clock: SandboxClock,
    private readonly webhooks: WebhooksService,
    private readonly added: AddedTransactions,
    @Inject(SANDBOX_OPTIONS) private readonly options: ResolvedSandboxOptions,
  ) {
    clock.on('expiry', ({ payoutId }) => void this.#change(payoutId, rules.expire));
    clock.on('claim-result', ({ payoutId }, at) => this.#settle(payoutId, at));
    clock.on('reversal', ({ payoutId }, at) => {
      this.#change(payoutId, (payout) => rules.reverse(payout, at));
    });
  }

  /** Throws `DUPLICATE_PAYOUT_ERROR` and `INSUFFICIENT_BALANCE`. */
  create(request: CreateRequest): Payout {
    const { account, externalId, amount, idempotencyKey } = request;
    const first = idempotencyKey && this.store.byIdempotencyKey(account, idempotencyKey);
    if (first) return this.#repeat(first, request);
    if (this.store.byExternalId(account, externalId)) throw SandboxError.duplicateExternalId();
    if (amount > this.balance(account)) throw SandboxError.insufficientBalance();

    const passcode = String(randomInt(1_000_000)).padStart(6, '0');
    const payout = rules.open({ ...request, id: randomUUID(), passcode }, this.clock.now());
    this.store.put(payout);
    this.clock.schedule(payout.expiresAt, { kind: 'expiry', payoutId: payout.id });
    return payout;
  }

  /** What links and other transactions leave of the account's balance, in rupiah. */
  balance(account: string): number {
    return rules.OPENING_BALANCE - this.store.taken(account) - this.added.debited(account);
  }

  find(id: string): Payout | undefined {
    return this.store.get(id);
  }

  /** The account's own link; throws `DATA_NOT_FOUND`. */
  get(account: string, id: string): Payout {
    const payout = this.store.get(id);
    if (payout?.account !== account) throw SandboxError.notFound();
    return payout;
  }

  /** Throws `DATA_NOT_FOUND` and `CANCELLATION_NOT_ALLOWED`. */
  void(account: string, id: string): Payout {
    const voided = rules.cancel(this.get(account, id));
    if (!voided) throw SandboxError.cancellationNotAllowed();
    this.store.put(voided);
    return voided;
  }

  /** Compares what a recipient entered for a PENDING link and counts a wrong one. */
  checkPasscode(payout: Payout, passcode: string): PasscodeCheck {
    if (passcode === payout.passcode) return 'right';
    const at = this.clock.now();
    const missed = rules.missPasscode(payout, at);
    this.store.put(missed);
    this.webhooks.announce(missed, at);
    return missed.status === 'FAILED' ? 'locked' : 'wrong';
  }

  /** Stores a PENDING link's destination; the bank's response follows a moment later. */
  claim(payout: Payout, destination: Destination): Payout {
    const at = this.clock.now();
    const claimed = rules.claim(payout, destination, randomUUID(), at);
    this.store.put(claimed);
    this.clock.schedule(at + rules.CLAIM_TAKES_MS, { kind: 'claim-result', payoutId: payout.id });
    return claimed;
  }

  #repeat(first: Payout, request: CreateRequest): Payout {
    const same =
      first.externalId === request.externalId &&
      first.amount === request.amount &&
      first.email === request.email;
    if (same && this.options.idempotentReplay) return first;
    throw SandboxError.duplicateIdempotencyKey();
  }

  #settle(payoutId: string, at: number): void {
    const settled = this.#change(payoutId, (payout) => rules.settle(payout, at));
    if (!settled) return;
    this.webhooks.announce(settled, at);
    if (rules.willBeReversed(settled)) {
      this.clock.schedule(at + rules.REVERSED_AFTER_MS, { kind: 'reversal', payoutId });
    }
  }

  #change(payoutId: string, rule: (payout: Payout) => Payout): Payout | undefined {
    const before = this.store.get(payoutId);
    const after = before && rule(before);
    if (!after || after === before) return undefined;
    this.store.put(after);
    return after;
  }
}
