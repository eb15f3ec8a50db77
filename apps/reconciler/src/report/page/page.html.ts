import type { FailureOwner } from 'nestjs-payout-links';
import { html, Html } from 'app-runtime';
import { formatTime } from '../../slot/business-date.js';
import type { ReconciliationRun } from '../../slot/reconciliation-run.entity.js';
import type { Coverage } from '../../slot/slot-result.js';
import { rollForwardRows } from '../roll-forward.report.js';
import { differencesOf, type RollForward } from '../roll-forward.js';
import { barChart, trendChart } from './chart.js';
import type { StateRow, TrendRow, WebhookHealthRow } from './page.sql.js';
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
  trend: readonly TrendRow[];
  coverage: Coverage;
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
  const unsettled = totalOf(tallies.failuresByCode.byKey.values());
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
          ${run.provisional && html`<p class="badge">${words.provisional}</p>`}
          <p class="badge ${footed ? 'good' : 'bad'}">${footed ? words.balanced : words.doesNotBalance}</p>
          ${
            figures.coverage.unreachable > 0 &&
            html`<p class="badge bad">${words.unreachable}: ${show.number(figures.coverage.unreachable)}</p>`
          }
        </header>
        <ul class="figures">
          ${[
            show.figure(words.open, totalOf(tallies.openByAge.byKey.values())),
            show.figure(words.unsettled, unsettled),
            show.figure(words.newFailures, tallies.failuresByChange.get('NEW')),
            show.figure(words.settled, tallies.failuresByChange.get('SETTLED')),
            show.figure(words.discrepancies, totalOf(tallies.discrepanciesByType.byKey.values())),
          ]}
        </ul>
        <main>
          ${[
            failuresByCode(figures, show),
            failuresByOwner(figures, show),
            states(figures, show),
            rollForwardTable(figures, show),
            trend(figures, show),
            ages(figures, show),
            coverage(figures, show),
            webhooks(figures, show),
            discrepancies(figures, show),
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

  figure(label: string, tally: Tally): Html {
    return html`<li>
      <span>${label}</span><b>${this.number(tally.count)}</b><span>${this.amounts(tally)}</span>
    </li>`;
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
            <p class="soft">${words.replaced}</p>`
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
    words.byState,
    rows.length > 0 &&
      barChart(
        'states',
        byStatus.map(([status, { count }]) => [status, count]),
      ),
    show.tallies(words.state, byStatus),
  );
}

function rollForwardTable({ run, rollForward }: PageFigures, show: Shown): Html {
  const { words } = show;
  const rows = rollForwardRows(run.account, rollForward);
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
                html`<tr class="${['opening', 'closing', 'difference'].includes(line) ? 'sum' : ''}">
                  <th scope="row">${words.lines[line]}</th>
                  <td class="number">${show.number(count)}</td>
                  <td class="number">${show.number(amount)}</td>
                </tr>`,
            )}
        </tbody>
      </table>`,
  );
  return section(words.rollForward, ...tables);
}

function trend({ trend: days }: PageFigures, show: Shown): Html {
  const { words } = show;
  const chart = trendChart(
    'trend',
    days.map(({ date }) => date),
    [
      {
        label: words.created,
        color: 'var(--accent)',
        dash: 'dashed',
        counts: days.map((day) => day.created),
      },
      { label: words.succeeded, color: 'var(--good)', counts: days.map((day) => day.succeeded) },
      { label: words.unpaid, color: 'var(--bad)', dash: 'dotted', counts: days.map((day) => day.failed) },
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
          <th scope="col" class="number">${words.unpaid}</th>
        </tr>
      </thead>
      <tbody>
        ${days.map(
          (day) =>
            html`<tr>
              <th scope="row" class="date">${day.date}</th>
              <td class="number">${show.number(day.created)}</td>
              <td class="number">${show.number(day.succeeded)}</td>
              <td class="number">${show.number(day.failed)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
    html`<p class="soft">${words.unpaidIs}</p>`,
  );
}

function ages({ tallies }: PageFigures, show: Shown): Html {
  const { words } = show;
  const tables = (
    [
      ['open-ages', words.openLinks, tallies.openByAge],
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

function coverage({ coverage: covered }: PageFigures, show: Shown): Html {
  const { words } = show;
  const { unreachableLinks } = covered;
  const names = unreachableLinks
    .slice(0, NAMES_SHOWN)
    .map((name, index) => html`${index > 0 && ', '}<bdi>${name}</bdi>`);
  const more = unreachableLinks.length - NAMES_SHOWN;
  return section(
    words.coverage,
    show.facts([
      [words.toRead, show.number(covered.open)],
      [words.read, show.number(covered.read)],
      [words.unreachable, show.number(covered.unreachable)],
      [words.unconfirmed, show.number(covered.unconfirmed)],
      [words.watched, show.number(covered.watched)],
      [words.firstSeenByPoll, show.share(covered.firstSeenByPoll)],
    ]),
    unreachableLinks.length > 0 &&
      html`<p class="bad">
        ${words.unreachableLinks}: ${names}${more > 0 && `, ${words.more} ${show.number(more)}`}
      </p>`,
  );
}

function webhooks({ webhooks: health }: PageFigures, show: Shown): Html {
  const { words } = show;
  const { lags } = health;
  const seconds = (lag: number) => `${show.number(lag)} ${words.seconds}`;
  return section(
    words.webhooks,
    show.facts([
      [words.byWebhook, show.number(health.byWebhook)],
      [words.byPoll, show.number(health.byPoll)],
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

/** An external name in its own writing direction; one in capitals may wrap at its underscores. */
function named(name: string): Html {
  const parts = name.split('_').map((part, index) => html`${index > 0 && html`_<wbr />`}${part}`);
  return html`<bdi>${parts}</bdi>`;
}
