import type { FailureOwner } from 'nestjs-payout-links';
import { html, Html } from 'app-runtime';
import { formatTime } from '../../slot/business-date.js';
import type { ReconciliationRun } from '../../slot/reconciliation-run.entity.js';
import type { Coverage } from '../../slot/slot-result.js';
import { rollForwardRows } from '../roll-forward.report.js';
import { differencesOf, LINES, type Line, type RollForward } from '../roll-forward.js';
import { barChart, trendChart } from './chart.js';
import type { UnreadLink } from '../coverage.sql.js';
import type { StateRow, WebhookHealthRow } from './page.sql.js';
import type { TrendSlot } from './trend.js';
import { PAGE_STYLE } from './page.style.js';
import { AGES, ofFailureKind, type PageTallies } from './page.tallies.js';
import { WORDS, type Words } from './page.words.js';
import { totalOf, type Tally } from './tally.js';

/** The data of the page. */
export interface PageFigures {
  run: ReconciliationRun;
  tallies: PageTallies;
  states: readonly StateRow[];
  rollForward: ReadonlyMap<string, RollForward>;
  trend: readonly TrendSlot[];
  coverage: Coverage;
  /** The links without a usable response. */
  unread: readonly UnreadLink[];
  webhooks: WebhookHealthRow;
}

/** Number of links without a response that are listed; the manifest has them all. */
const NAMES_SHOWN = 50;
/** Number of failure codes in the chart; the table has them all. */
const BARS = 12;
/** Longer amounts, with their currency, may wrap. Characters. */
const NARROW_AMOUNT = 18;
/** Longer numbers may wrap. Characters. */
const NARROW_NUMBER = 20;

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

/** Numbers and tables in a language. */
class Shown {
  private readonly numbers: Intl.NumberFormat;
  private readonly shares: Intl.NumberFormat;

  constructor(readonly words: Words) {
    this.numbers = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 1 });
    this.shares = new Intl.NumberFormat(words.locale, { style: 'percent', maximumFractionDigits: 1 });
  }

  number(value: number | bigint): string {
    return this.numbers.format(value);
  }

  share(value: number | null): string {
    return value === null ? '–' : this.shares.format(value);
  }

  amounts({ amounts }: Tally): Html {
    const shown = Object.entries(amounts).map(
      ([currency, amount], index) => html`${index > 0 && ', '}${currency} ${inOneLine(this.number(amount))}`,
    );
    return html`${shown.length === 0 ? '–' : shown}`;
  }

  amountCell(tally: Tally): Html {
    const length = Object.values(tally.amounts).reduce(
      (sum, amount) => sum + 'IDR '.length + this.number(amount).length,
      0,
    );
    return html`<td
      class="${length > NARROW_AMOUNT ? 'number long' : 'number'}"
      data-label="${this.words.amount}"
    >
      ${this.amounts(tally)}
    </td>`;
  }

  figures(title: string, figures: readonly (readonly [label: string, tally: Tally])[]): Html {
    return html`<h2>${title}</h2>
      <ul class="figures">
        ${figures.map(
          ([label, tally]) =>
            html`<li>
              <span>${label}</span><b>${this.number(tally.count)}</b><span>${this.amounts(tally)}</span>
            </li>`,
        )}
      </ul>`;
  }

  /** A table of counts and amounts with their sum; an empty one says so. */
  tallies(caption: string, rows: readonly (readonly [label: string, tally: Tally])[]): Html {
    const { words } = this;
    if (rows.length === 0) return html`<p class="soft">${words.none}</p>`;
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${caption}</th>
          <th scope="col" class="number">${words.count}</th>
          <th scope="col" class="number">${words.amount}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(([label, tally]) => this.tallyRow(label, tally))}
      </tbody>
      <tfoot>
        ${this.tallyRow(words.total, totalOf(rows.map(([, tally]) => tally)))}
      </tfoot>
    </table>`;
  }

  facts(facts: readonly (readonly [label: string, value: string])[]): Html {
    return html`<dl>
      ${facts.map(
        ([label, value]) =>
          html`<dt>${label}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>`;
  }

  private tallyRow(label: string, tally: Tally): Html {
    return html`<tr>
      <th scope="row">${named(label)}</th>
      <td class="number">${this.number(tally.count)}</td>
      ${this.amountCell(tally)}
    </tr>`;
  }
}

function failuresByCode({ tallies }: PageFigures, show: Shown): Html {
  const { words } = show;
  const rows = tallies.failuresByCode
    .largestFirst()
    .map(([kind, tally]) => ({ ...ofFailureKind(kind), tally }));
  const bars = rows.slice(0, BARS).map(({ code, tally }) => [code, tally.count] as const);
  return html`<section class="wide" aria-label="${words.byCode}">
    <h2>${words.byCode}</h2>
    ${
      rows.length === 0
        ? html`<p class="soft">${words.none}</p>`
        : html`${barChart('codes', bars)}
            <table>
              <thead>
                <tr>
                  <th scope="col">${words.code}</th>
                  <th scope="col" class="number">${words.count}</th>
                  <th scope="col" class="number">${words.amount}</th>
                  <th scope="col">${words.meaning}</th>
                  <th scope="col">${words.action}</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  ({ code, meaning, advice, tally }) =>
                    html`<tr>
                      <th scope="row">${named(code)}</th>
                      <td class="number" data-label="${words.count}">${show.number(tally.count)}</td>
                      ${show.amountCell(tally)}
                      <td>${meaning}</td>
                      <td>${advice}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
            <p class="soft">${words.chains}</p>`
    }
  </section>`;
}

function failuresByOwner({ tallies }: PageFigures, show: Shown): Html {
  const { words } = show;
  const rows = tallies.failuresByOwner
    .largestFirst()
    .map(([owner, tally]) => [words.owners[owner as FailureOwner], tally] as const);
  return section(
    words.byOwner,
    rows.length > 0 &&
      barChart(
        'owners',
        rows.map(([owner, { count }]) => [owner, count]),
      ),
    show.tallies(words.owner, rows),
  );
}

function states({ states: rows }: PageFigures, show: Shown): Html {
  const { words } = show;
  const byStatus = rows.map(
    ({ status, currency, count, amount }) =>
      [status, { count, amounts: { [currency]: BigInt(amount) } }] as const,
  );
  return section(
    words.allTime,
    rows.length > 0 &&
      barChart(
        'states',
        byStatus.map(([status, { count }]) => [status, count]),
      ),
    show.tallies(words.status, byStatus),
  );
}

/** What the account has, beside what sending the failures again would take. */
function balance({ run, tallies }: PageFigures, show: Shown): Html {
  const { words } = show;
  const rupiah = (tally: Tally) => tally.amounts.IDR ?? 0n;
  const available = run.balance === null ? null : BigInt(run.balance);
  const retriable = rupiah(tallies.retries.get('retriable'));
  const missing = available === null || available >= retriable ? 0n : retriable - available;
  const amount = (value: bigint | null) => (value === null ? words.unknown : `IDR ${show.number(value)}`);
  const lines = [
    [`${words.balanceAt} ${formatTime(run.balanceAt ?? run.asOf, run.timezone)}`, available],
    [words.forLackOfBalance, rupiah(tallies.retries.get('lackOfBalance'))],
    [words.retriable, retriable],
    [words.missing, available === null ? null : missing],
    [words.openTotal, rupiah(totalOf(tallies.openByAge.byKey.values()))],
  ] as const;
  const bars = [
    [words.balanceBar, available ?? 0n],
    [words.retriableBar, retriable],
  ] as const;
  return section(
    words.balance,
    available !== null &&
      barChart(
        'balance',
        bars.map(([label, value]) => [label, Math.max(0, Number(value)), show.number(value)]),
      ),
    show.facts(lines.map(([label, value]) => [label, amount(value)])),
  );
}

const OPEN_LINES = LINES.filter((line) => !line.startsWith('failures_'));
const FAILURE_LINES = LINES.filter((line) => line.startsWith('failures_'));
/** Lines that are sums of others. */
const SUM_LINES: readonly Line[] = [
  'opening',
  'closing',
  'difference',
  'failures_opening',
  'failures_closing',
  'failures_difference',
];

/** A line of all currencies. */
function lineOf(rollForward: ReadonlyMap<string, RollForward>, line: Line): Tally {
  return totalOf(
    [...rollForward].map(([currency, lines]) => ({
      count: lines[line].count,
      amounts: { [currency]: lines[line].amount },
    })),
  );
}

function rollForwardTable(
  { run, rollForward }: PageFigures,
  show: Shown,
  title: string,
  lines: readonly Line[],
): Html {
  const { words } = show;
  const rows = rollForwardRows(run.account, rollForward).filter(({ line }) => lines.includes(line));
  const tables = [...new Set(rows.map(({ currency }) => currency))].map(
    (shown) =>
      html`<table>
        <thead>
          <tr>
            <th scope="col">${words.line}</th>
            <th scope="col" class="number">${words.count}</th>
            <th scope="col" class="number">${shown}</th>
          </tr>
        </thead>
        <tbody>
          ${rows
            .filter(({ currency }) => currency === shown)
            .map(
              ({ line, count, amount }) =>
                html`<tr class="${SUM_LINES.includes(line) ? 'sum' : ''}">
                  <th scope="row">${words.lines[line]}</th>
                  <td class="number">${show.number(count)}</td>
                  ${numberCell(show.number(amount))}
                </tr>`,
            )}
        </tbody>
      </table>`,
  );
  return section(title, ...tables);
}

function trend({ trend: slots }: PageFigures, show: Shown): Html {
  const { words } = show;
  const chart = trendChart(
    'trend',
    slots.map(({ date }) => date),
    [
      {
        label: words.created,
        color: 'var(--accent)',
        dash: 'dashed',
        counts: slots.map((slot) => slot.created),
      },
      { label: words.succeeded, color: 'var(--good)', counts: slots.map((slot) => slot.succeeded) },
      {
        label: words.unsettled,
        color: 'var(--bad)',
        dash: 'dotted',
        counts: slots.map((slot) => slot.failuresClosing),
      },
    ],
  );
  return section(
    words.trend,
    chart,
    html`<table>
      <thead>
        <tr>
          <th scope="col">${words.date}</th>
          <th scope="col" class="number">${words.created}</th>
          <th scope="col" class="number">${words.succeeded}</th>
          <th scope="col" class="number">${words.unsettled}</th>
        </tr>
      </thead>
      <tbody>
        ${slots.map(
          (slot) =>
            html`<tr>
              <th scope="row" class="date">${slot.date}</th>
              <td class="number">${show.number(slot.created)}</td>
              <td class="number">${show.number(slot.succeeded)}</td>
              <td class="number">${show.number(slot.failuresClosing)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

function ages({ tallies }: PageFigures, show: Shown): Html {
  const { words } = show;
  const tables = (
    [
      ['open-ages', words.open, tallies.openByAge],
      ['failure-ages', words.failures, tallies.failuresByAge],
    ] as const
  ).map(([name, title, byAge]) => {
    const rows = AGES.map((age) => [age, byAge.get(age)] as const).filter(([, { count }]) => count > 0);
    return html`<h2>${title} · ${words.ageing}</h2>
      ${
        rows.length > 0 &&
        barChart(
          name,
          rows.map(([age, { count }]) => [age, count]),
        )
      }
      ${show.tallies(words.age, rows)}`;
  });
  return html`<section aria-label="${words.ageing}">${tables}</section>`;
}

function coverage({ coverage: covered, unread }: PageFigures, show: Shown): Html {
  const { words } = show;
  const names = unread
    .slice(0, NAMES_SHOWN)
    .map(({ externalId, reason }, index) => html`${index > 0 && ', '}<bdi>${externalId}</bdi> (${reason})`);
  const more = unread.length - NAMES_SHOWN;
  return section(
    words.coverage,
    show.facts([
      [words.toRead, show.number(covered.open)],
      [words.read, show.number(covered.read)],
      [words.unreachable, show.number(covered.unreachable)],
      [words.unconfirmed, show.number(covered.unconfirmed)],
      [words.watched, show.number(covered.watched)],
    ]),
    unread.length > 0 &&
      html`<p class="bad">
        ${words.unreachableLinks}: ${names}${more > 0 && `, ${words.more} ${show.number(more)}`}
      </p>`,
  );
}

/** How well webhooks work: for the people who run the programs. */
function operators({ coverage: covered, webhooks: health }: PageFigures, show: Shown): Html {
  const { words } = show;
  const { lags } = health;
  const seconds = (lag: number) => `${show.number(lag)} ${words.seconds}`;
  return section(
    words.operators,
    show.facts([
      [words.byWebhook, show.number(health.byWebhook)],
      [words.byPoll, show.number(health.byPoll)],
      [words.firstSeenByPoll, show.share(covered.firstSeenByPoll)],
      ...(lags
        ? ([
            [words.median, seconds(lags[0])],
            [words.slowest, seconds(lags[1])],
          ] as const)
        : []),
      [words.unmatched, show.number(health.unmatched)],
    ]),
  );
}

function discrepancies({ tallies }: PageFigures, show: Shown): Html {
  const { words } = show;
  return section(words.discrepancies, show.tallies(words.type, tallies.discrepanciesByType.largestFirst()));
}

function section(title: string, ...parts: readonly (Html | false)[]): Html {
  return html`<section aria-label="${title}">
    <h2>${title}</h2>
    ${parts.filter((part) => part !== false)}
  </section>`;
}

/** A number does not wrap unless it is very long; then it may wrap after its thousands. */
function inOneLine(number: string): Html {
  if (number.length <= NARROW_NUMBER) return html`<span class="amount">${number}</span>`;
  const groups = number.split(/(?<=[.,])(?=\d)/);
  return html`${groups.map((group, index) => html`${index > 0 && html`<wbr />`}${group}`)}`;
}

/** A cell of a number that may wrap if it is very long. */
function numberCell(number: string): Html {
  return html`<td class="${number.length > NARROW_NUMBER ? 'number long' : 'number'}">
    ${inOneLine(number)}
  </td>`;
}

/** An external name in its own writing direction; one in capitals may wrap at its underscores. */
function named(name: string): Html {
  const parts = name.split('_').map((part, index) => html`${index > 0 && html`_<wbr />`}${part}`);
  return html`<bdi>${parts}</bdi>`;
}
