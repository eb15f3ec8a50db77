import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { readBatches } from './read-batches.js';

/**
 * For these queries only: sorts and hashes of a whole history do not go through the disk, and each query runs once, so
 * compiling it would take longer than it saves.
 */
const SETTINGS = "SET work_mem = '64MB'; SET jit = off";
const RESET = 'RESET work_mem; RESET jit';

/** The queries of the reports. */
@Injectable()
export class ReportRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Rows in batches, which are read as they are needed. */
  async *stream<Row>(sql: string, parameters: unknown[]): AsyncGenerator<readonly Row[], void, void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as pg.PoolClient;
      await runner.query(SETTINGS);
      yield* readBatches<Row>(client, sql, parameters);
    } finally {
      await this.release(runner);
    }
  }

  /** For few rows: unlike a stream, the query may run on several processors. */
  async all<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query(SETTINGS);
      return (await runner.query(sql, parameters)) as Row[];
    } finally {
      await this.release(runner);
    }
  }

  private async release(runner: QueryRunner): Promise<void> {
    await runner.query(RESET).catch(() => undefined);
    await runner.release();
  }
}
