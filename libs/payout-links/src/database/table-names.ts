/** The library's tables. Its migrations create them; no other names are qualified. */
const TABLES = [
  'payout_link',
  'payout_link_transition',
  'payout_link_discrepancy',
  'payout_link_write_off',
  'payout_link_delivery',
  'payout_link_handler',
  'payout_link_outbox',
  'payout_link_reissue_plan',
] as const;

/**
 * A table's name, but not part of a longer name, `table.column`, or a name that is already qualified or quoted. An
 * index needs its schema only in DROP and ALTER INDEX.
 */
const NAME = new RegExp(
  String.raw`(?<![\w.'"])(?:${TABLES.join('|')})(?![\w.'"])|(?<=\b(?:DROP|ALTER) INDEX (?:IF EXISTS )?)(?!IF )\w+`,
  'g',
);

/**
 * Puts the given schema before every table of the library. Names are qualified because a connection pooler in
 * transaction mode does not keep a `search_path`.
 * @param schema the `schema` option of the host's DataSource; undefined returns the statement unchanged
 */
export function inSchema(sql: string, schema: string | undefined): string {
  if (schema === undefined) return sql;
  return sql.replace(NAME, (name) => `${quoted(schema)}.${name}`);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
