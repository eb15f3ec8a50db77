import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { serveCommands, settings } from './commands.js';
import { atATime } from './at-a-time.js';
import { callsTo } from './provider.js';

interface Created {
  id: string;
  status: string;
  payout_url: string;
}

const { databaseUrl, poolSize, providerUrl } = settings() as {
  databaseUrl: string;
  poolSize: number;
  providerUrl: string;
};
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
const provider = callsTo(providerUrl);
await pool.query(
  `CREATE TABLE plain_link (id uuid PRIMARY KEY, external_id text NOT NULL, amount bigint NOT NULL, email text NOT NULL,
     status text NOT NULL, provider_id text, payout_url text)`,
);

serveCommands({
  /** @returns seconds */
  create: ({ prefix, count, atOnce }: { prefix: string; count: number; atOnce: number }) =>
    atATime(atOnce, count, (index) =>
      create(`${prefix}-${index}`, 10_000 + index, `recipient-${index}@example.com`),
    ),
});

/** One commit before the provider is called, and one after. */
async function create(externalId: string, amount: number, email: string): Promise<void> {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO plain_link (id, external_id, amount, email, status) VALUES ($1, $2, $3, $4, 'CREATING')`,
    [id, externalId, amount, email],
  );
  const { data } = await provider.post<Created>(
    '/payouts',
    { external_id: externalId, amount, email },
    { headers: { 'X-IDEMPOTENCY-KEY': id } },
  );
  await pool.query('UPDATE plain_link SET status = $2, provider_id = $3, payout_url = $4 WHERE id = $1', [
    id,
    data.status,
    data.id,
    data.payout_url,
  ]);
}
