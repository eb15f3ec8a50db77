import { html, Html } from 'app-runtime';
import type { ReconciliationRun } from '../../slot/reconciliation-run.entity.js';
import type { SlotResult } from '../../slot/slot-result.js';
import { PAGE_STYLE } from './page.style.js';
import { WORDS } from './page.words.js';
import { countOf } from './trend.js';

/** A slot as the index shows it. */
export type IndexedSlot = Pick<ReconciliationRun, 'businessDate' | 'rollForward'> & { result: SlotResult };

/** `index.html` of an account: every slot, newest first, with links to their pages. */
export function indexText(account: string, language: 'en' | 'id', slots: readonly IndexedSlot[]): string {
  const words = WORDS[language];
  const numbers = new Intl.NumberFormat(words.locale);
  /** Number of links, and their money below it. */
  const total = ({ rollForward }: IndexedSlot, line: string) => {
    const amounts = Object.entries(rollForward ?? {}).map(
      ([currency, lines]) => `${currency} ${numbers.format(BigInt(lines[line]?.amount ?? 0))}`,
    );
    return html`${numbers.format(countOf(rollForward, line))}<br /><span class="soft"
        >${amounts.join(', ') || '–'}</span
      >`;
  };
  const markup = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="content-security-policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <title>${words.title} · ${account}</title>
        <style>
          ${new Html(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <header><h1>${words.title} · ${account}</h1></header>
        <section class="wide index" aria-label="${words.report}">
          <table>
            <thead>
              <tr>
                <th scope="col">${words.date}</th>
                <th scope="col">${words.report}</th>
                <th scope="col" class="number">${words.unsettled}</th>
                <th scope="col" class="number">${words.open}</th>
                <th scope="col" class="number">${words.discrepancies}</th>
                <th scope="col" class="number">${words.read}</th>
              </tr>
            </thead>
            <tbody>
              ${slots.map((slot) => {
                const { date, provisional, incomplete, footed, coverage, discrepancies } = slot.result;
                return html`<tr>
                  <th scope="row" class="date"><a href="${date}/report.html">${date}</a></th>
                  <td class="${footed && !incomplete ? '' : 'bad'}">
                    ${provisional ? (incomplete ? words.openSlot : words.provisional) : words.sealed},
                    ${footed ? words.balanced : words.doesNotBalance}
                  </td>
                  <td class="number" data-label="${words.unsettled}">${total(slot, 'failures_closing')}</td>
                  <td class="number" data-label="${words.open}">${total(slot, 'closing')}</td>
                  <td class="number" data-label="${words.discrepancies}">${numbers.format(discrepancies)}</td>
                  <td class="number" data-label="${words.read}">
                    ${numbers.format(coverage.read)} / ${numbers.format(coverage.open)}
                  </td>
                </tr>`;
              })}
            </tbody>
          </table>
        </section>
      </body>
    </html>`.markup;
  return `${markup}\n`;
}
