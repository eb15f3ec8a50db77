import type { CellObject } from 'write-excel-file/node';
import type { Cell } from '../csv.js';
import { LocalTime } from '../local-time.js';

/** Digits of a number that a spreadsheet keeps. */
const DIGITS = 15;
/** Characters that a cell holds. */
const LIMIT = 32_767;

/** A cell of a report with its type: what looks like a number, a date or a formula and is text stays text. */
export function workbookCell(cell: Cell): CellObject | null {
  if (cell === null || cell === '') return null;
  if (cell instanceof LocalTime) {
    return { type: Date, value: cell.wallClock, format: 'yyyy-mm-dd hh:mm:ss' };
  }
  if (typeof cell === 'string') return text(cell);
  return String(cell).replace('-', '').length > DIGITS
    ? text(String(cell))
    : { type: Number, value: Number(cell) };
}

function text(value: string): CellObject {
  return { type: String, value: cellText(value), format: '@' };
}

/** What a cell can hold of a text: no character that the format refuses, at most 32 767 of the others. */
export function cellText(value: string): string {
  const allowed = value
    .replaceAll(/\r\n?/g, '\n')
    // Half a character, as a broken pair of surrogates is.
    .replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
    // The format's own way of writing a character by its number.
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
  return allowed.length <= LIMIT ? allowed : `${allowed.slice(0, LIMIT - 1)}…`;
}
