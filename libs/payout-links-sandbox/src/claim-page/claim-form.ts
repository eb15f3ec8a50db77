import type { Destination } from '../payouts/payout.js';
import { BANKS } from './banks.js';

/** Format of an account number without spaces and dashes. */
export const ACCOUNT_NUMBER = /^\d{1,34}$/;

/** The fields of the form as the recipient filled them in. */
export interface ClaimForm {
  passcode: string;
  bank_code: string;
  account_number: string;
  account_holder_name: string;
}

/** A message for each invalid field. */
export type ClaimFormErrors = Partial<Record<keyof ClaimForm, string>>;

/** Reads a posted form; missing or malformed fields become empty. */
export function readClaimForm(body: unknown): ClaimForm {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = (name: keyof ClaimForm) => {
    const value = given[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  return {
    passcode: text('passcode'),
    bank_code: text('bank_code'),
    account_number: text('account_number'),
    account_holder_name: text('account_holder_name'),
  };
}

/** Validates a form, except its passcode; empty when it is valid. */
export function claimFormErrors(form: ClaimForm): ClaimFormErrors {
  const { accountNumber, accountHolderName } = destinationOf(form);
  return {
    ...(form.passcode === '' && { passcode: 'Enter the passcode from the e-mail.' }),
    ...(!Object.hasOwn(BANKS, form.bank_code) && { bank_code: 'Choose your bank.' }),
    ...(!ACCOUNT_NUMBER.test(accountNumber) && {
      account_number: 'Enter your account number: digits only, at most 34.',
    }),
    ...((accountHolderName === '' || accountHolderName.length > 100) && {
      account_holder_name: 'Enter the name on the account, at most 100 characters.',
    }),
  };
}

/** The destination that a form names. */
export function destinationOf(form: ClaimForm): Destination {
  return {
    bankCode: form.bank_code,
    accountNumber: form.account_number.replace(/[\s.-]/g, ''),
    accountHolderName: form.account_holder_name,
  };
}
