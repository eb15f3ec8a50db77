import { isEmail } from 'class-validator';
import { quoteCell, RefusedFileError } from '../given-file/refused-file.error.js';
import { refusalOfAmount, refusalOfId } from './cells.js';
import { readTable } from './table.js';

/** One link to take over; what the file does not say is undefined. */
export interface ImportRow {
  providerId: string;
  externalId?: string;
  /** Whole rupiah. */
  amount?: bigint;
  email?: string;
}

const COLUMNS = { needed: ['provider_id'], optional: ['external_id', 'amount', 'email'] };
const PROVIDER_ID = /^(?!\.{1,2}$)[\w.:-]{1,255}$/;

/**
 * Parses a file of links to take over and checks every cell.
 * @throws RefusedFileError naming every wrong cell by row and column
 */
export function readImportFile(bytes: Buffer): ImportRow[] {
  const problems: string[] = [];
  const rows = readTable(bytes, COLUMNS).map(({ row, cell, at }): ImportRow => {
    const given = (column: string, refusalOf: (value: string) => string | null): string | undefined => {
      const value = cell(column);
      if (value === '') return undefined;
      const why = refusalOf(value);
      if (why !== null) problems.push(`row ${row}, ${column}${at(column)}: ${why}`);
      return value;
    };
    if (cell('provider_id') === '') problems.push(`row ${row}, provider_id${at('provider_id')}: it is empty`);
    const providerId = given('provider_id', refusalOfProviderId) ?? '';
    const externalId = given('external_id', refusalOfId);
    const amount = given('amount', refusalOfAmount);
    const email = given('email', (value) => (isEmail(value) ? null : 'it is not an e-mail address'));
    return {
      providerId,
      externalId,
      amount: amount !== undefined && refusalOfAmount(amount) === null ? BigInt(amount) : undefined,
      email,
    };
  });
  if (problems.length > 0) throw new RefusedFileError(problems);
  return rows;
}

function refusalOfProviderId(value: string): string | null {
  const shortened = refusalOfId(value);
  if (shortened !== null || PROVIDER_ID.test(value)) return shortened;
  return `${quoteCell(value)} is not an id of the provider: letters, digits, _ . : -`;
}
