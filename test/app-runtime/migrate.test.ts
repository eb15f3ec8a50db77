import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationError, migrate, requireKnownAccounts } from 'app-runtime';
import { PAYOUT_LINKS_ENTITIES, PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import pg from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { startProgram } from './running-program.js';

describe('migrating', () => {
  const name = () => `migrate_${randomBytes(6).toString('hex')}`;
  const url = new URL(process.env.TEST_DATABASE_URL!);
  const opened: DataSource[] = [];

  beforeEach(async () => {
    url.pathname = name();
    await administer(`CREATE DATABASE ${url.pathname.slice(1)}`);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((source) => source.destroy()));
    await administer(`DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`);
  });

  async function connect(migrations: (new () => MigrationInterface)[] = [...PAYOUT_LINKS_MIGRATIONS]) {
    const source = await new DataSource({
      type: 'postgres',
      url: url.href,
      entities: [...PAYOUT_LINKS_ENTITIES],
      migrations,
    }).initialize();
    opened.push(source);
    return source;
  }

  const applied = async (source: DataSource) =>
    (await source.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id')).map(
      (row) => row.name,
    );

  it('a new database from several connections at once does it once', async () => {
    const sources = await Promise.all([connect(), connect(), connect()] as const);
    const [one, two, three] = sources;
    await Promise.all(sources.map((source) => migrate(source)));
    expect(await applied(one)).toEqual(PAYOUT_LINKS_MIGRATIONS.map((migration) => migration.name));
    expect(await two.query('SELECT count(*)::int AS links FROM payout_link')).toEqual([{ links: 0 }]);
    await migrate(three);
    expect(await applied(three)).toHaveLength(PAYOUT_LINKS_MIGRATIONS.length);
  });

  it('a new database from several programs at once succeeds in each', async () => {
    const three = [1, 2, 3].map(() => startProgram('migrates', { url: url.href }));
    const ends = await Promise.all(three.map((program) => program.ended));
    expect(three.map(({ stderr }) => stderr)).toEqual(['', '', '']);
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  it('that fails leaves nothing of the step, and can be done again', async () => {
    class First1 implements MigrationInterface {
      name = 'First1700000000001';
      async up(runner: QueryRunner): Promise<void> {
        await runner.query('CREATE TABLE first_step ()');
      }
      down = () => Promise.resolve();
    }
    class Second2 implements MigrationInterface {
      name = 'Second1700000000002';
      static fails = true;
      async up(runner: QueryRunner): Promise<void> {
        await runner.query('CREATE TABLE second_step ()');
        if (Second2.fails) throw new Error('half way');
      }
      down = () => Promise.resolve();
    }
    const source = await connect([First1, Second2]);
    await expect(migrate(source)).rejects.toThrow('half way');
    expect(await applied(source)).toEqual(['First1700000000001']);
    Second2.fails = false;
    await migrate(source);
    expect(await applied(source)).toEqual(['First1700000000001', 'Second1700000000002']);
  });

  it('is followed by a check of the accounts: each without a key is named', async () => {
    const source = await connect();
    await source.query('CREATE TABLE payout_link (account text NOT NULL)');
    await requireKnownAccounts(source, { default: {} });
    await source.query(
      "INSERT INTO payout_link SELECT unnest('{branch-1,default,branch-3,branch-1,branch-2,default}'::text[])",
    );
    await requireKnownAccounts(source, {
      default: {},
      'branch-1': {},
      'branch-2': {},
      'branch-3': {},
      unused: {},
    });
    const refused = requireKnownAccounts(source, { default: {}, 'branch-2': {} });
    await expect(refused).rejects.toThrow(ConfigurationError);
    await expect(refused).rejects.toMatchObject({
      exitCode: 2,
      problems: [expect.stringContaining('"branch-1"'), expect.stringContaining('"branch-3"')],
    });
  });
});

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  await client.query(sql);
  await client.end();
}
