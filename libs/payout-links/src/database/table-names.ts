/** The tables of the library; its migrations create them, and nothing else is ever qualified. */
export const TABLES = [
  'payout_link',
  'payout_link_transition',
  'payout_link_discrepancy',
  'payout_link_write_off',
  'payout_link_delivery',
  'payout_link_handler',
  'payout_link_outbox',
] as const;

/**
 * A table's name, but no part of a longer one, no `table.column`, and nothing that is qualified or quoted; an index is
 * named with its schema only where it is dropped or altered.
 */
const NAME = new RegExp(
  String.raw`(?<![\w.'"])(?:${TABLES.join('|')})(?![\w.'"])|(?<=\b(?:DROP|ALTER) INDEX )\w+`,
  'g',
);

/**
 * The statement with every table of the library in the given schema. Qualified names instead of a `search_path`, which
 * a connection pooler in transaction mode does not keep.
 * @param schema the `schema` option of the host's DataSource; the statement is returned as it is when there is none
 */
export function inSchema(sql: string, schema: string | undefined): string {
  if (schema === undefined) return sql;
  return sql.replace(NAME, (name) => `${quoted(schema)}.${name}`);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
