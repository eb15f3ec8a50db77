import { html, type Html } from 'app-runtime';
import { count, counted } from '../operations/layout/format.js';
import type { SetFile } from './set-folder.js';
import type { Line, SlotOutcome } from './slots.repository.js';

/** A line of a slot's roll-forwards: its count and its amounts by currency. */
export function lineOf({ lines }: Pick<SlotOutcome, 'lines'>, name: string): { count: number; amounts: string } {
  const found = Object.entries(lines).flatMap(([currency, byName]) => {
    const line = byName[name];
    return line ? [[currency, line] as const] : [];
  });
  return {
    count: found.reduce((sum, [, line]) => sum + line.count, 0),
    amounts: found.map(([currency, line]) => amountOf(currency, line)).join(', '),
  };
}

export function amountOf(currency: string, { amount }: Pick<Line, 'amount'>): string {
  return `${currency} ${new Intl.NumberFormat('id-ID').format(amount as Intl.StringNumericLiteral)}`;
}

/** `12 · IDR 1.200.000`, or `0`. */
export function worth(slot: Pick<SlotOutcome, 'lines'>, line: string): string {
  const { count: links, amounts } = lineOf(slot, line);
  return links === 0 ? '0' : `${count(links)} · ${amounts}`;
}

/** Whether the totals balance, as a badge. */
export function balanceBadge(balanced: boolean): Html {
  return balanced
    ? html`<span class="status good">balanced</span>`
    : html`<span class="status bad">DOES NOT BALANCE</span>`;
}

/** Whether the slot is final, as a badge. */
export function sealBadge(outcome: SlotOutcome | null): Html {
  if (outcome === null) return html`<span class="status odd">a run is under way</span>`;
  const { provisional, sealed } = outcome;
  if (sealed) return html`<span class="status good">sealed</span>`;
  return html`<span class="status odd">${provisional ? 'provisional' : 'open'}</span>`;
}

/** Links to the pages before and after, below an address. */
export function neighbourLinks(
  base: string,
  { previous, next }: { previous: string | null; next: string | null },
  label: string,
): Html | null {
  if (previous === null && next === null) return null;
  return html`<nav class="pages" aria-label="${label}">
    ${previous !== null && html`<a href="${base}/${previous}/" rel="prev">← ${named(previous)}</a>`}
    ${next !== null && html`<a href="${base}/${next}/" rel="next">${named(next)} →</a>`}
  </nav>`;
}

/** `2026-11-01_2026-11-30` as `2026-11-01 to 2026-11-30`. */
export function named(period: string): string {
  return period.replace('_', ' to ');
}

/** The files of a set as downloads, below an address. */
export function downloads(base: string, files: readonly SetFile[] | null, missing: string): Html {
  if (files === null) return html`<p class="empty card">${missing}</p>`;
  const all = [...files, MANIFEST_ROW];
  return html`<ul class="files card">
    ${all.map(
      ({ name, rows, sha256 }) =>
        html`<li>
          <a href="${base}/${name}" download>${name}</a>
          ${rows !== null && name.endsWith('.csv') && html`<span class="soft">${counted(rows, 'row', 'rows')}</span>`}
          ${sha256 !== null && html`<small class="soft">SHA-256 ${sha256}</small>`}
        </li>`,
    )}
  </ul>`;
}

const MANIFEST_ROW = { name: 'manifest.json', rows: null, sha256: null };
