import type { StageDatabase } from '../stage.js';

/** The business date of the slot. */
export const SLOT_DATE = '2026-11-22';

/** A slot that was polled and closed, whose reports have to be written. */
export async function insertClosedSlot(database: StageDatabase): Promise<void> {
  await database.query(
    `INSERT INTO payout_link_reconciliation_run (account, business_date, status, provisional, sealed, slot_end, as_of,
       listed, reading_number, timezone, language, csv_delimiter, started_at)
     VALUES ('default', $1, 'FINISHED', false, true, '2026-11-22T17:00:00Z', '2026-11-22T19:00:00Z', true, 1,
       'Asia/Jakarta', 'en', ',', '2026-11-22T18:00:00Z')`,
    [SLOT_DATE],
  );
}
