import { Injectable } from '@nestjs/common';
import { StateChanges } from '../state/state-changes.js';
import { holdsBalance, type Payout } from './payout.js';

/** All links of all accounts, and what they reserve of each balance. */
@Injectable()
export class PayoutStore {
  #byId = new Map<string, Payout>();
  #idByExternalId = new Map<string, string>();
  #idByIdempotencyKey = new Map<string, string>();
  #reserved = new Map<string, number>();

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

  /** Rupiah reserved by the account's links. */
  reserved(account: string): number {
    return this.#reserved.get(account) ?? 0;
  }

  put(payout: Payout): void {
    const before = this.#byId.get(payout.id);
    const freed = before && holdsBalance(before) ? before.amount : 0;
    const taken = holdsBalance(payout) ? payout.amount : 0;
    this.#reserved.set(payout.account, this.reserved(payout.account) - freed + taken);
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
    this.#reserved.clear();
    this.changes.changed();
  }
}

function within(account: string, key: string): string {
  return JSON.stringify([account, key]);
}
