import pg from 'pg';
import { serveCommands, settings } from './commands.js';
import { atATime } from './at-a-time.js';

const { databaseUrl, poolSize } = settings() as { databaseUrl: string; poolSize: number };
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });

serveCommands({
  /** Processes every delivery, each in a transaction of five statements. @returns seconds */
  work: async (atOnce: number) => {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id FROM payout_link_delivery WHERE status = 'RECEIVED' ORDER BY next_attempt_at`,
    );
    return atATime(atOnce, rows.length, (index) => workOn(rows[index]!.id));
  },
});

async function workOn(deliveryId: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows: deliveries } = await client.query<{
      account: string;
      body: { data: { reference_id: string } };
    }>('SELECT account, body FROM payout_link_delivery WHERE id = $1 FOR UPDATE', [deliveryId]);
    const { account, body } = deliveries[0]!;
    const { rows: links } = await client.query<{ id: string; version: number }>(
      'SELECT * FROM payout_link WHERE account = $1 AND external_id = $2 FOR UPDATE',
      [account, body.data.reference_id],
    );
    const { id, version } = links[0]!;
    await client.query(
      `UPDATE payout_link SET status = 'SUCCEEDED', provider_status = 'SUCCEEDED', version = version + 1,
         status_at = clock_timestamp(), updated_at = clock_timestamp() WHERE id = $1`,
      [id],
    );
    await client.query(
      `INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source,
         provider_status, effective_at, recorded_at, raw)
       VALUES ($1, $2, $3, 'PENDING', 'SUCCEEDED', 'WEBHOOK', 'SUCCEEDED', clock_timestamp(), clock_timestamp(), $4)`,
      [id, account, version + 1, JSON.stringify(body)],
    );
    await client.query(
      `UPDATE payout_link_delivery SET status = 'PROCESSED', payout_link_id = $2, processed_at = clock_timestamp()
       WHERE id = $1`,
      [deliveryId, id],
    );
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
