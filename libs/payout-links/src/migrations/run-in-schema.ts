import type { QueryRunner } from 'typeorm';
import { inSchema } from '../database/table-names.js';

/** Runs a migration's statements in the schema of the DataSource, if it has one. */
export async function runInSchema(queryRunner: QueryRunner, statements: readonly string[]): Promise<void> {
  const { options } = queryRunner.connection;
  const schema = options.type === 'postgres' ? options.schema : undefined;
  for (const statement of statements) await queryRunner.query(inSchema(statement, schema));
}
