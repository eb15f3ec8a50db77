import type { DataSource } from 'typeorm';

/** What waits in the inbox and failed in inbox and outbox. */
export interface QueueState {
  /** Age of the oldest delivery that is not processed; null without one. */
  oldestDeliverySeconds: number | null;
  deadLetters: number;
}

/** By the indexes of what waits. */
const QUEUE_STATE = `
  SELECT (SELECT extract(epoch FROM clock_timestamp() - min(received_at))::float8
    FROM payout_link_delivery WHERE status = 'RECEIVED') AS "oldestDeliverySeconds",
    (SELECT count(*)::int FROM payout_link_delivery WHERE status = 'DEAD')
      + (SELECT count(*)::int FROM payout_link_outbox WHERE status = 'DEAD') AS "deadLetters"`;

export async function readQueueState(dataSource: DataSource): Promise<QueueState> {
  const [row] = await dataSource.query<QueueState[]>(QUEUE_STATE);
  return row!;
}
