import { Injectable } from '@nestjs/common';
import { StateChanges } from '../state/state-changes.js';
import { debitOf, type Transaction } from './transaction.js';

/** The part of the state file about transactions that tests planted. */
export interface AddedState {
  added: Transaction[];
  hidden: string[];
}

/** Transactions that belong to no link, and those that the statements leave out. */
@Injectable()
export class AddedTransactions {
  #added: Transaction[] = [];
  #hidden = new Set<string>();

  constructor(private readonly changes: StateChanges) {}

  add(transaction: Transaction): void {
    this.#added.push(transaction);
    this.changes.changed();
  }

  hide(id: string): void {
    this.#hidden.add(id);
    this.changes.changed();
  }

  isHidden(id: string): boolean {
    return this.#hidden.has(id);
  }

  all(): readonly Transaction[] {
    return this.#added;
  }

  /** What they take from the account's balance, in rupiah. */
  debited(account: string): number {
    return this.#added
      .filter((transaction) => transaction.account === account)
      .reduce((sum, transaction) => sum + debitOf(transaction), 0);
  }

  state(): AddedState {
    return { added: this.#added, hidden: [...this.#hidden] };
  }

  restore({ added, hidden }: AddedState): void {
    this.#added = added;
    this.#hidden = new Set(hidden);
  }

  clear(): void {
    this.restore({ added: [], hidden: [] });
    this.changes.changed();
  }
}
