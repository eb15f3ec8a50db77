import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxClock } from '../clock/sandbox.clock.js';
import { SandboxError } from '../http/sandbox.error.js';
import { PayoutStore } from '../payouts/payout.store.js';
import { AddedTransactions } from './added-transactions.js';
import { asOf, transactionOf, type Transaction, type TransactionStatus } from './transaction.js';

/** A transaction to plant that belongs to no link. */
export interface ForeignTransaction {
  account: string;
  referenceId: string;
  amount: number;
  status: TransactionStatus;
}

/** The provider's own record of the money that left each account: the transfers of claimed links, and planted ones. */
@Injectable()
export class LedgerService {
  constructor(
    private readonly payouts: PayoutStore,
    private readonly added: AddedTransactions,
    private readonly clock: SandboxClock,
  ) {}

  /** The account's transactions as they were at a time, oldest first; hidden ones are left out. */
  transactions(account: string, at = this.clock.now()): Transaction[] {
    const found: Transaction[] = [];
    for (const transaction of this.#all()) {
      if (transaction.account !== account || this.added.isHidden(transaction.id)) continue;
      const then = asOf(transaction, at);
      if (then) found.push(then);
    }
    return found.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  plant({ account, referenceId, amount, status }: ForeignTransaction): Transaction {
    const now = this.clock.now();
    const isPaid = status === 'SUCCESS' || status === 'REVERSED';
    const isReturned = status === 'FAILED' || status === 'REVERSED';
    return this.#add({
      ...newIds(),
      account,
      referenceId,
      amount,
      createdAt: now,
      ...(isPaid && { paidAt: now }),
      ...(isReturned && { returnedAt: now }),
      ...(status === 'VOIDED' && { isVoided: true }),
      bankCode: 'BCA',
      accountNumber: '1234567890',
      accountHolderName: 'Sandbox Recipient',
    });
  }

  /** Pays a transaction again: same reference, new transaction and product id. Throws `DATA_NOT_FOUND`. */
  double(id: string): Transaction {
    return this.#add({ ...this.#find(id), ...newIds() });
  }

  /** Leaves a transaction out of lists and reports. Throws `DATA_NOT_FOUND`. */
  hide(id: string): Transaction {
    const transaction = this.#find(id);
    this.added.hide(id);
    return transaction;
  }

  #add(transaction: Transaction): Transaction {
    this.added.add(transaction);
    return transaction;
  }

  #find(id: string): Transaction {
    for (const transaction of this.#all()) if (transaction.id === id) return transaction;
    throw SandboxError.notFound('Transaction');
  }

  *#all(): Generator<Transaction, void, void> {
    for (const payout of this.payouts.all()) {
      const transaction = transactionOf(payout);
      if (transaction) yield transaction;
    }
    yield* this.added.all();
  }
}

function newIds(): Pick<Transaction, 'id' | 'productId'> {
  const productId = randomUUID();
  return { id: `txn_${productId}`, productId };
}
