import { html, Html } from 'app-runtime';
import { formatTime } from '../../slot/business-date.js';
import { differencesOf } from '../roll-forward.js';
import {
  ages,
  balance,
  coverage,
  discrepancies,
  FAILURE_LINES,
  failuresByCode,
  failuresByOwner,
  lineOf,
  OPEN_LINES,
  operators,
  rollForwardTable,
  states,
  trend,
  type PageFigures,
} from './page.sections.js';
import { PAGE_STYLE } from './page.style.js';
import { WORDS } from './page.words.js';
import { Shown } from './shown.js';
import { totalOf } from './tally.js';

/** `report.html`: one self-contained file, for screens of any width, paper and screen readers. */
export function pageText(figures: PageFigures): string {
  const { run, tallies, rollForward } = figures;
  const words = WORDS[run.language];
  const show = new Shown(words);
  const footed = differencesOf(rollForward).length === 0;
  const markup = html`<!doctype html>
    <html lang="${run.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="content-security-policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <title>${words.title} · ${run.account} · ${run.businessDate}</title>
        <style>
          ${new Html(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${words.title} · ${run.account} · ${run.businessDate}</h1>
          <p class="soft">
            ${words.slotEnd} ${formatTime(run.slotEnd, run.timezone)}, ${words.asOf}
            ${formatTime(run.asOf, run.timezone)} (${run.timezone})
          </p>
          <p class="badge ${!run.provisional && !run.sealed ? 'bad' : ''}">
            ${run.sealed ? words.sealed : run.provisional ? words.provisional : words.openSlot}
          </p>
          <p class="badge ${footed ? 'good' : 'bad'}">${footed ? words.balanced : words.doesNotBalance}</p>
          ${
            figures.coverage.unreachable > 0 &&
            html`<p class="badge bad">${words.unreachable}: ${show.number(figures.coverage.unreachable)}</p>`
          }
          <p><a href="../index.html">${words.allReports}</a></p>
        </header>
        ${show.figures(words.thisSlot, [
          [words.created, lineOf(rollForward, 'created')],
          [words.succeeded, lineOf(rollForward, 'succeeded')],
          [words.newFailures, lineOf(rollForward, 'failures_new')],
          [words.replaced, lineOf(rollForward, 'failures_replaced')],
          [
            words.settled,
            totalOf([lineOf(rollForward, 'failures_settled'), lineOf(rollForward, 'failures_written_off')]),
          ],
        ])}
        ${show.figures(words.atTheEnd, [
          [words.unsettled, totalOf(tallies.failuresByCode.byKey.values())],
          [words.open, totalOf(tallies.openByAge.byKey.values())],
          [words.discrepancies, totalOf(tallies.discrepanciesByType.byKey.values())],
        ])}
        <main>
          ${[
            failuresByCode(figures, show),
            failuresByOwner(figures, show),
            balance(figures, show),
            rollForwardTable(figures, show, words.rollForward, OPEN_LINES),
            rollForwardTable(figures, show, words.failuresRollForward, FAILURE_LINES),
            trend(figures, show),
            ages(figures, show),
            discrepancies(figures, show),
            coverage(figures, show),
            states(figures, show),
            operators(figures, show),
          ]}
        </main>
        <p class="soft">${words.files}</p>
      </body>
    </html>`.markup;
  return `${markup}\n`;
}
