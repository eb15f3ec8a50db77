import { createHash } from 'node:crypto';
import { QueryFailedError, type QueryRunner } from 'typeorm';

/** What a host's DataSource lends for one statement. */
interface Lender {
  createQueryRunner(): QueryRunner;
  readonly logger: { logQuery(query: string, parameters?: unknown[], runner?: QueryRunner): unknown };
}

/** What `pg` gives. */
interface Client {
  query(statement: { name?: string; text: string; values: readonly unknown[] }): Promise<{ rows: unknown[] }>;
}

/**
 * A statement that was prepared is gone (a pooler has changed the session), is there already, or a migration has
 * changed the table under it. PostgreSQL says so before it does anything.
 */
const NOT_AS_PREPARED = ['26000', '42P05', '0A000'];

const names = new Map<string, string>();
const unprepared = new WeakSet<Lender>();

/**
 * Runs a statement of its own transaction that is run for every link or delivery. PostgreSQL parses and plans it once
 * on each connection: with statements like ours that takes longer than carrying them out. Where that does not work
 * the process goes on without it.
 * @param text one of a few: every one stays with the connection
 * @throws QueryFailedError without the parameters, which may hold people's addresses
 */
export async function prepared<Row>(
  lender: Lender,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const runner = lender.createQueryRunner();
  try {
    const client = (await runner.connect()) as Client;
    lender.logger.logQuery(text, undefined, runner);
    const { rows } = await run(lender, client, text, values);
    return rows as Row[];
  } finally {
    await runner.release();
  }
}

async function run(lender: Lender, client: Client, text: string, values: readonly unknown[]) {
  try {
    if (unprepared.has(lender)) return await client.query({ text, values });
    try {
      return await client.query({ name: nameOf(text), text, values });
    } catch (error) {
      if (!NOT_AS_PREPARED.includes((error as { code: string }).code)) throw error;
      unprepared.add(lender);
      return await client.query({ text, values });
    }
  } catch (error) {
    throw new QueryFailedError(text, undefined, error as Error);
  }
}

/** The same on every machine, and another one for another text. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `payout_links_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    names.set(text, name);
  }
  return name;
}
