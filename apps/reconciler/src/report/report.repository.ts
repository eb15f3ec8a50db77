import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** The queries of the reports, streamed row by row. */
@Injectable()
export class ReportRepository {
  constructor(private readonly dataSource: DataSource) {}

  async *stream<Row>(sql: string, parameters: unknown[]): AsyncGenerator<Row, void, void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      // Each query runs once: compiling it takes longer than it saves.
      await runner.query('SET jit = off');
      yield* await runner.stream(sql, parameters);
    } finally {
      await runner.query('RESET jit').catch(() => undefined);
      await runner.release();
    }
  }

  all<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.dataSource.query<Row[]>(sql, parameters);
  }
}
