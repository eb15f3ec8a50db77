import { html, Html } from 'app-runtime';
import { PAGE_STYLE } from '../../report/page/page.style.js';
import { WORDS } from '../../report/page/page.words.js';
import { inOneLine, moneyCell, named, section } from '../../report/page/shown.js';
import { formatTime } from '../../slot/business-date.js';
import { MATCH_RESULTS, type MatchResult } from '../match.js';
import type { KeptStatement } from '../statement-manifest.js';
import { actionOf, differenceOf, type StatementSettings } from '../statement.reports.js';
import type { StoredMatch } from '../statement.session.js';
import { BRIDGE, type Counted, type Summary, type SummaryLine, type SummaryRow } from '../summary.js';
import { MATCH_STYLE } from './match.style.js';
import { MATCH_WORDS } from './match.words.js';
import { waterfall } from './waterfall.svg.js';

/** The data of the page. */
export interface MatchFigures extends StatementSettings {
  from: string;
  to: string;
  asOf: Date;
  results: Readonly<Record<MatchResult, Counted>>;
  summary: Summary;
  /** All of them. */
  findings: number;
  /** The first of them. */
  shown: readonly StoredMatch[];
  statements: readonly KeptStatement[];
}

const OTHERS: readonly SummaryLine[] = ['other_payments', 'other_types'];

/** `match.html`: one self-contained file, for screens of any width, paper and screen readers. */
export function matchPageText(figures: MatchFigures): string {
  const { account, from, to, timezone, language, asOf, summary, findings } = figures;
  const words = MATCH_WORDS[language];
  const show = new MatchPage(figures);
  const isGood = findings === 0 && summary.difference === 0n;
  const markup = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="content-security-policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <title>${words.title} · ${account} · ${from} – ${to}</title>
        <style>
          ${new Html(PAGE_STYLE + MATCH_STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${words.title} · ${account} · ${from} – ${to}</h1>
          <p class="soft">
            ${words.period} ${from} – ${to}, ${WORDS[language].asOf} ${formatTime(asOf, timezone)}
            (${timezone})
          </p>
          <p class="badge ${isGood ? 'good' : 'bad'}" role="status">${show.verdict()}</p>
        </header>
        <main>
          ${[show.bridge(), show.findings(), show.results(), show.fees(), show.others(), show.statements()]}
        </main>
        <p class="soft">${words.files}</p>
      </body>
    </html>`.markup;
  return `${markup}\n`;
}

class MatchPage {
  private readonly words;
  private readonly none;
  private readonly numbers;

  constructor(private readonly figures: MatchFigures) {
    this.words = MATCH_WORDS[figures.language];
    this.none = WORDS[figures.language].none;
    this.numbers = new Intl.NumberFormat(WORDS[figures.language].locale, { maximumFractionDigits: 2 });
  }

  /** Whether the two sides agree, in one sentence. */
  verdict(): string {
    const { summary, findings } = this.figures;
    if (summary.difference !== 0n) return this.words.doesNotBalance(`IDR ${this.amount(summary.difference)}`);
    if (findings > 0) return this.words.findings(this.numbers.format(findings));
    const isEmpty = MATCH_RESULTS.every((result) => this.figures.results[result].count === 0);
    return isEmpty ? this.words.nothing : this.words.agree;
  }

  bridge(): Html {
    const { words } = this;
    const rows = this.rowsOf(['books', ...BRIDGE, 'statement', 'difference']);
    const steps = rows
      .filter(({ line, amount }) => line === 'books' || line === 'statement' || BigInt(amount) !== 0n)
      .filter(({ line }) => line !== 'difference')
      .map(({ line, amount }) => ({
        label: words.lines[line],
        amount: BigInt(amount),
        isTotal: line === 'books' || line === 'statement',
      }));
    const isSum = (line: SummaryLine) => line === 'books' || line === 'statement' || line === 'difference';
    const table = this.table(
      words.line,
      rows.map((row) => ({
        label: `${isSum(row.line) ? '' : '+ '}${words.lines[row.line]}`,
        row,
        isSum: isSum(row.line),
      })),
    );
    return html`<section class="full" aria-label="${words.bridge}">
      <h2>${words.bridge}</h2>
      <div>
        ${waterfall(steps)}
        <div>${table}</div>
      </div>
    </section>`;
  }

  findings(): Html {
    const { words } = this;
    const { shown, findings } = this.figures;
    if (findings === 0) return section(words.toDo, html`<p class="soft">${words.noFindings}</p>`);
    return html`<section class="wide findings" aria-label="${words.toDo}">
      <h2>${words.toDo}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">${words.payment}</th>
            <th scope="col">${words.result}</th>
            <th scope="col" class="number">${words.ours}</th>
            <th scope="col" class="number">${words.theirs}</th>
            <th scope="col" class="number">${words.difference}</th>
          </tr>
        </thead>
        ${shown.map((match) => this.finding(match))}
      </table>
      ${
        findings > shown.length &&
        html`<p class="soft">${words.more(this.numbers.format(findings - shown.length))}</p>`
      }
    </section>`;
  }

  private finding(match: StoredMatch): Html {
    const { words } = this;
    const { result, link, payment, isOwn } = match;
    const side = (amount: string | undefined, status: string | undefined, at: string | undefined) =>
      amount === undefined
        ? '–'
        : html`${inOneLine(this.amount(amount))}<br /><span class="soft"
              >${status}<br />${formatTime(new Date(at!), this.figures.timezone)}</span
            >`;
    const book = isOwn ? link : null;
    return html`<tbody>
      <tr>
        <th scope="row">
          ${named(link?.externalId ?? payment?.reference ?? '')}<br /><span class="soft"
            >${payment?.productId || link?.providerId}</span
          >
        </th>
        <td>${words.resultNames[result]}</td>
        <td class="number" data-label="${words.ours}">${side(book?.amount, book?.status, book?.at)}</td>
        <td class="number" data-label="${words.theirs}">
          ${side(payment?.amount, payment?.status, payment?.createdAt)}
        </td>
        <td class="number" data-label="${words.difference}">
          ${inOneLine(this.amount(differenceOf(match)))}
        </td>
      </tr>
      <tr class="action">
        <td colspan="5"><strong>${words.action}:</strong> ${actionOf(match, this.figures.language)}</td>
      </tr>
    </tbody>`;
  }

  results(): Html {
    const { words } = this;
    const rows = MATCH_RESULTS.map((result) => {
      const { count, amount } = this.figures.results[result];
      return {
        label: words.resultNames[result],
        row: { currency: 'IDR', count, amount: amount.toString() },
        isSum: false,
      };
    });
    return section(words.results, this.table(words.result, rows));
  }

  fees(): Html {
    const { words } = this;
    const rows = this.rowsOf(['fees', 'vat']).map((row) => ({
      label: words.lines[row.line],
      row,
      isSum: false,
    }));
    return section(words.fees, this.table(words.line, rows));
  }

  others(): Html {
    const { words } = this;
    const rows = this.rowsOf(OTHERS).map((row) => ({ label: words.lines[row.line], row, isSum: false }));
    return section(words.others, this.table(words.line, rows));
  }

  statements(): Html {
    const { words } = this;
    const { statements } = this.figures;
    return section(
      words.statements,
      html`<table>
        <thead>
          <tr>
            <th scope="col">${words.file}</th>
            <th scope="col">${words.kind}</th>
            <th scope="col" class="number">${words.fileRows}</th>
          </tr>
        </thead>
        <tbody>
          ${statements.map(
            ({ file, kind, rows }) =>
              html`<tr>
                <th scope="row">${file}</th>
                <td>${words.kinds[kind]}</td>
                <td class="number">${this.numbers.format(rows)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    );
  }

  private table(
    caption: string,
    rows: readonly {
      label: string;
      row: Pick<SummaryRow, 'currency' | 'count' | 'amount'>;
      isSum: boolean;
    }[],
  ): Html {
    if (rows.length === 0) return html`<p class="soft">${this.none}</p>`;
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${caption}</th>
          <th scope="col" class="number">${this.words.rows}</th>
          <th scope="col" class="number">${WORDS[this.figures.language].amount}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ label, row, isSum }) =>
            html`<tr class="${isSum ? 'sum' : ''}">
              <th scope="row">${label}</th>
              <td class="number">${this.numbers.format(row.count)}</td>
              ${moneyCell(row.currency, this.amount(row.amount))}
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private rowsOf(lines: readonly SummaryLine[]): SummaryRow[] {
    return this.figures.summary.rows.filter(({ line }) => lines.includes(line));
  }

  /** Decimal strings are exact, however long. */
  private amount(amount: string | bigint): string {
    return this.numbers.format(amount as Intl.StringNumericLiteral | bigint);
  }
}
