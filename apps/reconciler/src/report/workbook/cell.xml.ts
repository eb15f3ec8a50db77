import type { Cell } from '../csv.js';
import { LocalTime } from '../local-time.js';
import { cutText, escapeText } from './text.xml.js';
import { STYLE, type Style } from './workbook.parts.js';

/** Most digits that Excel stores exactly; longer numbers are written as text. */
const MAX_DIGITS = 15;

/**
 * One cell in the XML of a sheet; empty for null. Text is typed as text, so Excel neither evaluates a formula nor
 * converts digits, and no apostrophe is needed.
 */
export function cellXml(reference: string, cell: Cell, cutMark: string): string {
  if (cell === null || cell === '') return '';
  if (cell instanceof LocalTime) {
    const serial = serialOf(cell);
    return serial === null
      ? textXml(reference, cell.text, STYLE.text)
      : numberXml(reference, serial, STYLE.time);
  }
  if (typeof cell === 'string') return textXml(reference, cutText(cell, cutMark), STYLE.text);
  const digits = String(cell);
  if (!/^-?\d+$/.test(digits)) return textXml(reference, digits, STYLE.longNumber);
  return digits.replace('-', '').length > MAX_DIGITS
    ? textXml(reference, digits, STYLE.longNumber)
    : numberXml(reference, digits, STYLE.number);
}

/** A text cell in a style. */
export function textXml(reference: string, text: string, style: Style): string {
  const space = /^\s|\s$/.test(text) ? ' xml:space="preserve"' : '';
  return `<c r="${reference}" s="${style}" t="inlineStr"><is><t${space}>${escapeText(text)}</t></is></c>`;
}

function numberXml(reference: string, value: number | string, style: Style): string {
  return `<c r="${reference}" s="${style}"><v>${value}</v></c>`;
}

const DAY = 86_400_000;
/** Day 0 of Excel, corrected for its non-existent leap day in 1900. */
const EPOCH = Date.UTC(1899, 11, 30);
const FIRST_VALID_DAY = Date.UTC(1900, 2, 1);

/** Serial numbers keep nine decimals, about 0.1 ms. */
const PRECISION = 1e9;

/**
 * Days since Excel's epoch; null for dates outside its calendar. Never rounded below its second: some programs
 * would show the previous one.
 */
function serialOf({ text }: LocalTime): number | null {
  const at = /^\d{4}-/.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
  if (!(at >= FIRST_VALID_DAY)) return null;
  const units = Math.ceil(((at - EPOCH) / DAY) * PRECISION);
  const below = Math.floor(((units / PRECISION) % 1) * DAY) < (at - EPOCH) % DAY;
  return (below ? units + 1 : units) / PRECISION;
}

/** The letters of a column, from 0: A, B … Z, AA. */
export function columnName(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : columnName(Math.floor(index / 26) - 1) + last;
}
