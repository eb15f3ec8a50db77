/** Every variable of the programs with its default and meaning, as `--help` shows it. */
export const ENVIRONMENT_VARIABLES = [
  ['DATABASE_URL', 'embedded', 'postgres://…; left out, an embedded PostgreSQL under .data/postgres'],
  ['XENDIT_API_KEY', 'sandbox', 'secret key; left out, everything talks to the sandbox'],
  ['XENDIT_ACCOUNTS', 'none', 'JSON: { "<name>": { "apiKey", "webhookTokens", "forUserId"? } }'],
  ['XENDIT_BASE_URL', 'by key', 'https://api.xendit.co with a key, else the sandbox'],
  ['XENDIT_WEBHOOK_TOKENS', 'sandbox', 'comma-separated verification tokens, all accepted'],
  ['HOST', '127.0.0.1', 'address that the demo listens on'],
  ['PORT', '3000', 'port that the demo listens on; 0 picks one'],
  ['DEMO_API_KEY', 'none', 'bearer token of the demo; needed when HOST is not loopback'],
  ['REPORTS_DIR', './reports', 'where report sets are written'],
  ['REPORT_TIMEZONE', 'Asia/Jakarta', 'time zone of business dates and report times'],
  ['REPORT_LANGUAGE', 'en', 'language of advice, pages and workbooks: en or id'],
  ['REPORT_CSV_DELIMITER', ',', ', or ; (Indonesian Excel)'],
  ['RECONCILE_CRON', '0 2 * * *', 'when the reconciler runs, in REPORT_TIMEZONE'],
  ['RECONCILE_SEAL_AT', '08:00', 'until then, the next day, slots with unread links stay open'],
  [
    'RECONCILE_RATE_PER_MINUTE',
    '480/48/6000',
    'polls per account and minute: live, development key, sandbox',
  ],
  ['RECONCILE_CONCURRENCY', '8', 'polls in flight at a time'],
  ['QUEUE_URL', 'the database', 'postgres://… or redis://… for the queue'],
  ['LOG_LEVEL', 'info', 'trace, debug, info, warn or error'],
] as const satisfies readonly (readonly [name: string, byDefault: string, meaning: string])[];

/** The table as text, one variable per line. */
export function describeEnvironment(): string {
  const lines = ENVIRONMENT_VARIABLES.map(
    ([name, byDefault, meaning]) => `  ${name.padEnd(26)}${meaning} (${byDefault})`,
  );
  return `Environment:\n${lines.join('\n')}`;
}
