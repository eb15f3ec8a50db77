import type { FailureOwner } from 'nestjs-payout-links';
import { html, type Coverage, type Html } from 'app-runtime';
import { formatTime } from '../../slot/business-date.js';
import type { ReconciliationRun } from '../../slot/reconciliation-run.entity.js';
import type { UnreadLink } from '../coverage.sql.js';
import { rollForwardRows } from '../roll-forward.report.js';
import { LINES, type Line, type RollForward } from '../roll-forward.js';
import { barChart, trendChart } from './chart.js';
import type { StateRow, WebhookHealthRow } from './page.sql.js';
import { AGES, ofFailureKind, type PageTallies } from './page.tallies.js';
import { named, numberCell, section, type Shown } from './shown.js';
import { totalOf, type Tally } from './tally.js';
import type { TrendSlot } from './trend.js';

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
export function failuresByCode({ tallies }: PageFigures, show: Shown): Html {
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

export function failuresByOwner({ tallies }: PageFigures, show: Shown): Html {
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

export function states({ states: rows }: PageFigures, show: Shown): Html {
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
export function balance({ run, tallies }: PageFigures, show: Shown): Html {
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

export const OPEN_LINES = LINES.filter((line) => !line.startsWith('failures_'));
export const FAILURE_LINES = LINES.filter((line) => line.startsWith('failures_'));
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
export function lineOf(rollForward: ReadonlyMap<string, RollForward>, line: Line): Tally {
  return totalOf(
    [...rollForward].map(([currency, lines]) => ({
      count: lines[line].count,
      amounts: { [currency]: lines[line].amount },
    })),
  );
}

export function rollForwardTable(
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

export function trend({ trend: slots }: PageFigures, show: Shown): Html {
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

export function ages({ tallies }: PageFigures, show: Shown): Html {
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

export function coverage({ coverage: covered, unread }: PageFigures, show: Shown): Html {
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
export function operators({ coverage: covered, webhooks: health }: PageFigures, show: Shown): Html {
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

export function discrepancies({ tallies }: PageFigures, show: Shown): Html {
  const { words } = show;
  return section(words.discrepancies, show.tallies(words.type, tallies.discrepanciesByType.largestFirst()));
}
