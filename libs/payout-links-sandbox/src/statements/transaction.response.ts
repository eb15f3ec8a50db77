import { businessId } from './business-id.js';
import { feesOf, settlementOf, statusOf, updatedAt, type Transaction } from './transaction.js';

/** A transaction in the provider's format. See https://docs.xendit.co/apidocs/list-transactions */
export interface TransactionResponse {
  id: string;
  product_id: string;
  type: 'DISBURSEMENT';
  status: string;
  channel_category: 'BANK';
  channel_code: string;
  reference_id: string;
  account_identifier: string;
  currency: 'IDR';
  amount: number;
  net_amount: number;
  net_amount_currency: 'IDR';
  cashflow: 'MONEY_OUT';
  settlement_status: string | null;
  estimated_settlement_time: null;
  business_id: string;
  created: string;
  updated: string;
  fee: {
    xendit_fee: number;
    value_added_tax: number;
    xendit_withholding_tax: number;
    third_party_withholding_tax: number;
    status: string;
  };
}

export function transactionResponse(transaction: Transaction): TransactionResponse {
  const { fee, vat } = feesOf(transaction);
  return {
    id: transaction.id,
    product_id: transaction.productId,
    type: 'DISBURSEMENT',
    status: statusOf(transaction),
    channel_category: 'BANK',
    channel_code: transaction.bankCode,
    reference_id: transaction.referenceId,
    account_identifier: transaction.accountNumber,
    currency: 'IDR',
    amount: transaction.amount,
    net_amount: transaction.amount + fee + vat,
    net_amount_currency: 'IDR',
    cashflow: 'MONEY_OUT',
    settlement_status: settlementOf(transaction),
    estimated_settlement_time: null,
    business_id: businessId(transaction.account),
    created: new Date(transaction.createdAt).toISOString(),
    updated: new Date(updatedAt(transaction)).toISOString(),
    fee: {
      xendit_fee: fee,
      value_added_tax: vat,
      xendit_withholding_tax: 0,
      third_party_withholding_tax: 0,
      status: fee === 0 ? 'NOT_APPLICABLE' : 'COMPLETED',
    },
  };
}
