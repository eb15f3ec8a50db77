import type { DataSource } from 'typeorm';
import { PayoutLinksSetupError } from '../payout-links.errors.js';
import { PAYOUT_LINKS_ENTITIES } from '../payout-links.entities.js';
import { PayoutLinksDatabase, type Pool } from './payout-links.database.js';
import { TYPE_PARSERS } from './type-parsers.js';

/** Default when the host sets no connection timeout, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Of a connection that waits for a result, in milliseconds; ten seconds later a dead network is noticed. */
const KEEP_ALIVE_AFTER_MS = 20_000;

type PostgresOptions = Extract<DataSource['options'], { type: 'postgres' }>;
interface PostgresDriver {
  postgres: { Pool: new (options: object) => Pool };
}

/**
 * Opens the library's own pool, on the primary of the host's DataSource and with its connection options.
 * @throws PayoutLinksSetupError when the DataSource cannot hold payout links; the message says what to change
 */
export function openDatabase(host: DataSource, poolSize: number): PayoutLinksDatabase {
  const options = checkedOptions(host);
  const primary = options.replication?.master ?? options;
  const { Pool } = (host.driver as unknown as PostgresDriver).postgres;
  const pool = new Pool({
    connectionString: primary.url,
    host: primary.host,
    port: primary.port,
    user: primary.username,
    password: primary.password,
    database: primary.database,
    ssl: primary.ssl,
    connectionTimeoutMillis: options.connectTimeoutMS ?? CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    ...(options.extra as object | undefined),
    application_name: 'nestjs-payout-links',
    max: poolSize,
    types: TYPE_PARSERS,
    binary: false,
  });
  return new PayoutLinksDatabase(pool, {
    schema: options.schema,
    logQuery: (text) => void host.logger.logQuery(text),
  });
}

function checkedOptions(host: DataSource): PostgresOptions {
  const { options } = host;
  if (options.type !== 'postgres') {
    throw new PayoutLinksSetupError(
      `payout links need PostgreSQL, and the DataSource is of type ${options.type}: name another one with dataSource`,
    );
  }
  if (options.entityPrefix) {
    throw new PayoutLinksSetupError(
      `the DataSource has the entityPrefix ${JSON.stringify(options.entityPrefix)}, which payout links do not support:` +
        ' use schema instead, or name a DataSource without it with dataSource',
    );
  }
  if (!host.isInitialized) {
    throw new PayoutLinksSetupError(
      'the DataSource is not initialized: payout links need it at start, so remove manualInitialization',
    );
  }
  const missing = PAYOUT_LINKS_ENTITIES.filter((entity) => !host.hasMetadata(entity));
  if (missing.length > 0) {
    throw new PayoutLinksSetupError(
      `the DataSource does not list ${missing.map(({ name }) => name).join(', ')}: add ...PAYOUT_LINKS_ENTITIES to its entities`,
    );
  }
  return options;
}
