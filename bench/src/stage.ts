import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { Program } from './program.js';
import { SANDBOX_API_KEY } from 'payout-links-sandbox';
import { callsTo } from './programs/provider.js';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

type Migrations = readonly (new () => MigrationInterface)[];

/** A database of a benchmark's own. */
export interface StageDatabase {
  url: string;
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
}

/** A sandbox in a separate process, with a rate limit that is never reached. */
export interface StageSandbox {
  url: string;
  /** A call under `/_sandbox`. */
  control(what: string, body: object): Promise<void>;
  statusOf(providerId: string): Promise<string>;
}

/** The resources of a benchmark: all are released when it is done. */
export class BenchStage {
  private readonly ends: (() => Promise<unknown>)[] = [];

  constructor(private readonly serverUrl: string) {}

  /** A new database with the migrations in it. */
  async database(migrations: Migrations): Promise<StageDatabase> {
    const name = `payout_links_bench_${randomUUID().slice(0, 8)}`;
    await this.onServer(`CREATE DATABASE ${name}`);
    this.ends.push(() => this.onServer(`DROP DATABASE ${name} WITH (FORCE)`));
    const address = new URL(this.serverUrl);
    address.pathname = `/${name}`;
    const url = address.href;
    const dataSource = await new DataSource({
      type: 'postgres',
      url,
      migrations: [...migrations],
    }).initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    this.ends.push(() => client.end());
    return {
      url,
      query: async <Row>(sql: string, values?: unknown[]) => (await client.query(sql, values)).rows as Row[],
    };
  }

  async sandbox(): Promise<StageSandbox> {
    const file = `${ROOT}libs/payout-links-sandbox/dist/main.js`;
    const child = spawn(
      process.execPath,
      [...process.execArgv, file, '--port', '0', '--rate-limit', '1000000'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    this.ends.push(() => ended(child, 'SIGTERM'));
    const url = await firstMatch(child, /listening on (\S+)/);
    const provider = callsTo(url, SANDBOX_API_KEY);
    return {
      url,
      control: async (what, body) => {
        const response = await fetch(`${url}/_sandbox/${what}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        if (!response.ok)
          throw new Error(`the sandbox responded with ${response.status}: ${await response.text()}`);
      },
      statusOf: async (id) => (await provider.get<{ status: string }>(`/payouts/${id}`)).data.status,
    };
  }

  /** A program of `programs/`, which stays until the benchmark is done. */
  async program(name: string, settings: object): Promise<Program> {
    const program = await Program.start(name, settings);
    this.ends.push(() => program.stop());
    return program;
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'payout-links-bench-'));
    this.ends.push(() => rm(folder, { recursive: true }));
    return folder;
  }

  /** Releases the latest resource first. */
  async clear(): Promise<void> {
    for (let end = this.ends.pop(); end; end = this.ends.pop()) await end();
  }

  private async onServer(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.serverUrl });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

async function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const match = pattern.exec(line);
    if (match) return match[1]!;
  }
  throw new Error('the sandbox did not start');
}
