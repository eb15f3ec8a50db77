import { html, type Html } from 'app-runtime';

/** One column of a table. */
export interface Column<Row> {
  name: string;
  cell: (row: Row) => Html | string | null;
  className?: string;
}

/**
 * A table whose first column is its row header. On a narrow screen its cells are stacked, which removes the table
 * semantics in browsers; the roles restore them.
 */
export function table<Row>({
  caption,
  columns,
  rows,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
}): Html {
  const [first, ...others] = columns as readonly [Column<Row>, ...Column<Row>[]];
  return html`<table class="list" role="table">
    <caption class="hidden">
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(({ name, className }) => html`<th scope="col" role="columnheader" ${classOf(className)}>${name}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) =>
          html`<tr role="row">
            <th scope="row" role="rowheader" ${classOf(first.className)}>${first.cell(row)}</th>
            ${others.map(
              ({ name, cell, className }) =>
                html`<td role="cell" data-name="${name}" ${classOf(className)}><div>${cell(row)}</div></td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function classOf(className: string | undefined): Html | undefined {
  return className === undefined ? undefined : html` class="${className}"`;
}
