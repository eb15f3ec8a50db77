import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { checkInvariants } from '../../apps/reconciler/src/invariants/check-invariants.js';
import { ReconciliationRun } from '../../apps/reconciler/src/slot/reconciliation-run.entity.js';

type Migrations = readonly (new () => MigrationInterface)[];

/** A database for one suite. */
export interface TestDatabase {
  url: string;
  /** One statement on it; after one that writes rows of ours, `drop` does not check the rules. */
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** A copy of its current state; every other connection to it is ended. */
  clone(): Promise<TestDatabase>;
  /** Ends every connection to it and drops it. @throws when a rule of the product is broken in it */
  drop(): Promise<void>;
}

/** A new database with the migrations: a copy of a template that is created once per set of migrations. */
export async function createTestDatabase(migrations: Migrations): Promise<TestDatabase> {
  const template = await templateOf(migrations);
  const name = `test_${process.pid}_${randomUUID().slice(0, 8)}`;
  await onServer((server) => server.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return open(name);
}

/** A test that writes rows by itself may break the rules. */
const WRITES = /\b(UPDATE|INSERT INTO|DELETE FROM|ALTER TABLE|DROP TABLE)\s+"?payout_link/i;
/** Not when it moves leases and schedules, or all times of a row. */
const SHIFTS = /SET (lease_expires_at|last_read_at|next_poll_at|next_attempt_at) =|WHERE ctid = \$1$/;

async function open(name: string): Promise<TestDatabase> {
  const url = databaseUrl(name);
  const connect = async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  let client = await connect();
  let checked = true;
  return {
    url,
    query: async <Row>(sql: string, parameters?: unknown[]) => {
      checked &&= !WRITES.test(sql) || SHIFTS.test(sql);
      return (await client.query(sql, parameters)).rows as Row[];
    },
    clone: async () => {
      const copy = `${name}_${randomUUID().slice(0, 4)}`;
      await client.end();
      await onServer(async (server) => {
        await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
          name,
        ]);
        await server.query(`CREATE DATABASE ${copy} TEMPLATE ${name}`);
      });
      client = await connect();
      return open(copy);
    },
    drop: async () => {
      await client.end();
      const broken = checked ? await brokenRules(url) : [];
      await onServer((server) => server.query(`DROP DATABASE ${name} WITH (FORCE)`));
      if (broken.length > 0) throw new Error(`rules are broken in the database:\n${broken.join('\n')}`);
    },
  };
}

/** The rules that a database breaks, with the rows; none when it has no tables of ours. */
async function brokenRules(url: string): Promise<string[]> {
  const dataSource = new DataSource({ type: 'postgres', url, entities: [ReconciliationRun] });
  await dataSource.initialize();
  try {
    const [{ table }] = await dataSource.query<[{ table: string | null }]>(
      "SELECT to_regclass('payout_link_reissue_plan')::text AS table",
    );
    const broken: string[] = [];
    if (table === null) return broken;
    for await (const rule of checkInvariants(dataSource))
      if (rule.broken.length > 0) broken.push(`${rule.name}: ${rule.broken.slice(0, 5).join('; ')}`);
    return broken;
  } finally {
    await dataSource.destroy();
  }
}

async function templateOf(migrations: Migrations): Promise<string> {
  const source = await statementsOf(migrations);
  const name = `template_${createHash('sha256').update(source).digest('hex').slice(0, 16)}`;
  await onServer(async (server) => {
    await server.query("SELECT pg_advisory_lock(hashtext('test templates'))");
    const { rowCount } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount) return;
    await server.query(`DROP DATABASE IF EXISTS ${name}_new`);
    await server.query(`CREATE DATABASE ${name}_new`);
    const dataSource = await new DataSource({
      type: 'postgres',
      url: databaseUrl(`${name}_new`),
      migrations: [...migrations],
    }).initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
    await server.query(`ALTER DATABASE ${name}_new RENAME TO ${name}`);
  });
  return name;
}

/** The statements of the migrations: a class's source may refer to constants outside of it. */
async function statementsOf(migrations: Migrations): Promise<string> {
  const statements: string[] = [];
  const runner = {
    query: (sql: string) => Promise.resolve(statements.push(sql)),
    connection: { options: { type: 'postgres' } },
  };
  for (const Migration of migrations) await new Migration().up(runner as never);
  return statements.join();
}

async function onServer<T>(work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await server.connect();
  try {
    return await work(server);
  } finally {
    await server.end();
  }
}

function databaseUrl(name: string): string {
  const url = new URL(process.env.TEST_DATABASE_URL!);
  url.pathname = `/${name}`;
  return url.href;
}
