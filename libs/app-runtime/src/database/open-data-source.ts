import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrate } from './migrate.js';
import { TolerantClient } from './tolerant-client.js';

export type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** A program's DataSource, migrated. A session that PostgreSQL ends does not end the program. */
export async function openDataSource(options: PostgresOptions): Promise<DataSource> {
  const extra: object = { ...(options.extra as object | undefined), Client: TolerantClient };
  const dataSource = await new DataSource({ ...options, extra }).initialize();
  await migrate(dataSource);
  return dataSource;
}
