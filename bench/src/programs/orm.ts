import 'reflect-metadata';
import { PAYOUT_LINKS_ENTITIES } from 'nestjs-payout-links';
import { DataSource, getMetadataArgsStorage } from 'typeorm';

/** TypeORM on the product's tables, writing them as a service would with its own entities: the library's are read-only. */
export function writableDataSource(url: string, poolSize: number): Promise<DataSource> {
  for (const { options } of getMetadataArgsStorage().columns) options.update = true;
  return new DataSource({
    type: 'postgres',
    url,
    entities: [...PAYOUT_LINKS_ENTITIES],
    poolSize,
  }).initialize();
}
