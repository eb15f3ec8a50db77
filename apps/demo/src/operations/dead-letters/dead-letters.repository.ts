import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Dead letters and waiting calls of one handler. */
export interface HandlerBacklog {
  handler: string;
  dead: number;
  waiting: number;
}

/** Counts for the page of dead letters. */
@Injectable()
export class DeadLettersRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** All registered handlers, sorted by name. */
  async byHandler(): Promise<HandlerBacklog[]> {
    const rows = await this.dataSource.query<{ handler: string; dead: string; waiting: string }[]>(
      `SELECT handler, count(*) FILTER (WHERE status = 'DEAD') AS dead,
         count(*) FILTER (WHERE status = 'WAITING') AS waiting
       FROM (SELECT handler, status FROM payout_link_outbox
             UNION ALL SELECT name, NULL FROM payout_link_handler) AS calls
       GROUP BY handler ORDER BY handler`,
    );
    return rows.map(({ handler, dead, waiting }) => ({
      handler,
      dead: Number(dead),
      waiting: Number(waiting),
    }));
  }

  /** Maps link ids to external ids. */
  async externalIds(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.dataSource.query<{ id: string; external_id: string }[]>(
      'SELECT id, external_id FROM payout_link WHERE id = ANY ($1::uuid[])',
      [ids],
    );
    return new Map(rows.map(({ id, external_id }) => [id, external_id]));
  }
}
