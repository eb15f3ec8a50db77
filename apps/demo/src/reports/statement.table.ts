import { html, type Html } from 'app-runtime';
import { count } from '../operations/layout/format.js';
import { table } from '../operations/layout/table.html.js';
import { balanceBadge, named } from './report.html.js';
import type { StatementSummary } from './statement-summary.js';

/** A statement set in the list. */
export interface StatementRow {
  account: string;
  period: string;
  /** Null where it cannot be read. */
  summary: StatementSummary | null;
}

/** The statement sets, as a section of the list. */
export function statementTable(statements: readonly StatementRow[]): Html {
  return html`<section aria-labelledby="statements">
    <h2 id="statements">Against the provider’s statement</h2>
    <div class="card">
      ${table<StatementRow>({
        caption: 'Statements, newest first',
        rows: statements,
        columns: [
          {
            name: 'Period',
            cell: ({ account, period }) =>
              html`<a href="/reports/${account}/statements/${period}/">${named(period)} ${account}</a>`,
          },
          {
            name: 'Totals',
            cell: ({ summary }) => (summary ? balanceBadge(summary.balanced) : 'cannot be read'),
          },
          {
            name: 'To act on',
            className: 'number',
            cell: ({ summary }) => (summary ? count(summary.findings) : '–'),
          },
        ],
      })}
    </div>
  </section>`;
}
