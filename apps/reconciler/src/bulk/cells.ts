import { quoteCell } from '../given-file/refused-file.error.js';

/** Why a cell is not an amount of whole rupiah; null when it is. A spreadsheet may have changed how it is written. */
export function refusalOfAmount(cell: string): string | null {
  if (/^[1-9]\d*$/.test(cell)) return null;
  return `${quoteCell(cell)} is not an amount: write digits only, such as 1500000`;
}

/** Why a cell is not the id that was meant; null when it may be. */
export function refusalOfId(cell: string): string | null {
  if (/^[+-]?\d+([.,]\d+)?E[+-]?\d+$/i.test(cell))
    return `${quoteCell(cell)} is a number that the spreadsheet has shortened: format the column as text and enter the whole id`;
  if (cell !== cell.trim()) return `${quoteCell(cell)} begins or ends with a space: delete it`;
  return null;
}
