import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { serveCommands, settings } from './commands.js';
import { requireSame, type Created } from './created.js';
import { creates } from './creates.js';
import { callsTo } from './provider.js';

const { databaseUrl, poolSize, providerUrl, apiKey } = settings() as {
  databaseUrl: string;
  poolSize: number;
  providerUrl: string;
  apiKey: string;
};
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
const provider = callsTo(providerUrl, apiKey);

/** Link and history before anything is sent. */
const INTENT = `
  WITH link AS (
    INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at, lease_fence,
      lease_expires_at, polls, chain_id, attempt, created_at, updated_at)
    VALUES ($1, 'default', $2, $3, 'IDR', $4, 'CREATING', 1, now(), 1, now() + interval '1 minute', 0, $1, 1, now(), now())
    RETURNING *)
  INSERT INTO payout_link_transition (payout_link_id, account, seq, to_status, source, effective_at, recorded_at)
  SELECT id, account, version, status, 'API', status_at, status_at FROM link`;

/** Link and history with the provider's response. */
const CREATED = `
  WITH link AS (
    UPDATE payout_link SET status = 'PENDING', version = 2, status_at = now(), updated_at = now(), provider_id = $2,
      provider_status = $3, payout_url = $4, expires_at = $5, provider_created_at = $6, lease_expires_at = NULL,
      last_read_at = now(), next_poll_at = now()
    WHERE id = $1 RETURNING *)
  INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source, provider_status,
    provider_id, provider_created_at, expires_at, effective_at, recorded_at, raw)
  SELECT id, account, version, 'CREATING', status, 'API', provider_status, provider_id, provider_created_at, expires_at,
    status_at, status_at, $7::json FROM link`;

serveCommands({ create: creates(create) });

/** One statement and commit before the provider is called, and one after. */
async function create(externalId: string, amount: number, email: string): Promise<void> {
  const id = randomUUID();
  await pool.query({ name: 'intent', text: INTENT, values: [id, externalId, amount, email] });
  const { data } = await provider.post<Created>(
    '/payouts',
    { external_id: externalId, amount, email },
    { headers: { 'X-IDEMPOTENCY-KEY': id } },
  );
  requireSame(data, externalId, amount);
  const { id: providerId, status, payout_url: url, expiration_timestamp: expiresAt, created } = data;
  const values = [id, providerId, status, url, expiresAt, created, JSON.stringify(data)];
  await pool.query({ name: 'created', text: CREATED, values });
}
