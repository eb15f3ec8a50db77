import { html, type Html } from 'app-runtime';
import { count, counted } from '../operations/layout/format.js';
import { page } from '../operations/layout/page.html.js';
import { table } from '../operations/layout/table.html.js';
import { amountOf, balanceBadge, downloads, named, neighbourLinks } from './report.html.js';
import type { SetFile } from './set-folder.js';
import type { StatementSummary, SummaryLine } from './statement-summary.js';

interface StatementView {
  account: string;
  period: string;
  files: readonly SetFile[];
  summary: StatementSummary | null;
  neighbours: { previous: string | null; next: string | null };
}

/** One comparison with the provider's statement: its summary and its files. */
export function statementPage({ account, period, files, summary, neighbours }: StatementView): string {
  const title = `${named(period)} ${account}`;
  return page(
    `${title} · Statements · Payout links`,
    html`<p class="soft"><a href="/reports">Reports</a></p>
      <h1>${title}, against the provider’s statement</h1>
      ${summary && verdict(summary)} ${neighbourLinks(`/reports/${account}/statements`, neighbours, 'Statements of this account before and after')}
      <section aria-labelledby="files">
        <h2 id="files">Files</h2>
        ${downloads(`/reports/${account}/statements/${period}`, files, '')}
      </section>
      ${summary ? lines(summary.lines) : html`<p class="empty card">The summary cannot be read.</p>`}`,
    { at: '/reports', icon: false },
  );
}

function verdict({ findings, balanced }: StatementSummary): Html {
  return html`<p class="lead">
    ${balanceBadge(balanced)}
    <span class="status ${findings === 0 ? 'good' : 'bad'}">
      ${findings === 0 ? 'nothing to act on' : `${counted(findings, 'payment', 'payments')} to act on`}
    </span>
  </p>`;
}

function lines(rows: readonly SummaryLine[]): Html {
  return html`<section aria-labelledby="summary">
    <h2 id="summary">From our books to the statement</h2>
    <div class="card">
      ${table<SummaryLine>({
        caption: 'Summary',
        rows,
        columns: [
          { name: 'Line', cell: ({ line }) => line.replaceAll('_', ' ') },
          { name: 'Payments', className: 'number', cell: (line) => count(Number(line.count)) },
          { name: 'Amount', className: 'money', cell: ({ currency, amount }) => amountOf(currency, { amount }) },
        ],
      })}
    </div>
  </section>`;
}
