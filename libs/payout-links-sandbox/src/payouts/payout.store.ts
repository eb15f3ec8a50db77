import { Injectable } from '@nestjs/common';
import { StateChanges } from '../state/state-changes.js';
import { takenFromBalance, type Payout } from './payout.js';

/** All links of all accounts, and what they take from each balance. */
@Injectable()
export class PayoutStore {
  #byId = new Map<string, Payout>();
  #idByExternalId = new Map<string, string>();
  #idByIdempotencyKey = new Map<string, string>();
  #taken = new Map<string, number>();

  constructor(private readonly changes: StateChanges) {}

  get(id: string): Payout | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Payout> {
    return this.#byId.values();
  }

  byExternalId(account: string, externalId: string): Payout | undefined {
    return this.get(this.#idByExternalId.get(within(account, externalId)) ?? '');
  }

  byIdempotencyKey(account: string, key: string): Payout | undefined {
    return this.get(this.#idByIdempotencyKey.get(within(account, key)) ?? '');
  }

  /** What the account's links take from its balance, in rupiah. */
  taken(account: string): number {
    return this.#taken.get(account) ?? 0;
  }

  put(payout: Payout): void {
    const before = this.#byId.get(payout.id);
    const freed = before ? takenFromBalance(before) : 0;
    const taken = this.taken(payout.account) - freed + takenFromBalance(payout);
    this.#taken.set(payout.account, taken);
    this.#byId.set(payout.id, payout);
    this.#idByExternalId.set(within(payout.account, payout.externalId), payout.id);
    if (payout.idempotencyKey !== undefined) {
      this.#idByIdempotencyKey.set(within(payout.account, payout.idempotencyKey), payout.id);
    }
    this.changes.changed();
  }

  clear(): void {
    this.#byId.clear();
    this.#idByExternalId.clear();
    this.#idByIdempotencyKey.clear();
    this.#taken.clear();
    this.changes.changed();
  }
}

function within(account: string, key: string): string {
  return JSON.stringify([account, key]);
}
