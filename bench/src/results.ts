import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import type { Size } from './benchmark.js';
import type { Line } from './measure.js';
import { ROOT } from './stage.js';

const FILE = `${ROOT}bench/results.json`;

/** What the benchmarks were measured on. */
export interface Machine {
  processors: string;
  gigabytes: number;
  node: string;
  postgres: string;
}

/** A benchmark as it was measured last. */
export interface Result {
  measuredAt: string;
  size: Size;
  rounds: number;
  machine: Machine;
  lines: Line[];
}

export async function describeMachine(databaseUrl: string): Promise<Machine> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return {
    processors: `${cpus().length} × ${cpus()[0]!.model}`,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    postgres: rows[0]!.server_version,
  };
}

/** Keeps a benchmark in `bench/results.json`; what the file says of the others stays. */
export async function keep(name: string, result: Result): Promise<void> {
  const others = await readFile(FILE, 'utf8').catch(() => '{}');
  const all = { ...(JSON.parse(others) as Record<string, Result>), [name]: result };
  await writeFile(FILE, `${JSON.stringify(all, null, 2)}\n`);
}
