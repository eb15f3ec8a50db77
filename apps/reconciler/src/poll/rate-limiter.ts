import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * The provider's window slides and clocks jitter: a little below the rate, no minute ever holds more than it. Costs one
 * and a half in a hundred.
 */
const SHARE_OF_RATE = 0.985;
/** Turns that were missed by so little are made up for; half a second's worth still keeps every minute below the rate. */
const MAKE_UP_SECONDS = 0.5;

/** The pace of an account's reads, shared by every worker on every machine: turns at even distances. */
@Injectable()
export class RateLimiter {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes the next turns of an account.
   * @returns for each turn the milliseconds until it comes
   */
  async reserve(account: string, permits: number, perMinute: number): Promise<number[]> {
    const distanceMs = 60_000 / (perMinute * SHARE_OF_RATE);
    const [row] = await this.dataSource.query<{ waitMs: number }[]>(
      `INSERT INTO payout_link_rate_limit AS pace (account, next_permit_at)
       SELECT $1, now + make_interval(secs => $2) FROM clock_timestamp() AS now
       ON CONFLICT (account) DO UPDATE SET
         next_permit_at = greatest(pace.next_permit_at, clock_timestamp() - interval '${MAKE_UP_SECONDS} seconds')
           + make_interval(secs => $2)
       RETURNING (extract(epoch FROM next_permit_at - clock_timestamp()) - $2::float8)::float8 * 1000 AS "waitMs"`,
      [account, (permits * distanceMs) / 1_000],
    );
    return Array.from({ length: permits }, (_, permit) => Math.max(0, row!.waitMs + permit * distanceMs));
  }

  /** The provider takes nothing more for a while: nobody's next turn comes before. */
  async pause(account: string, ms: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO payout_link_rate_limit AS pace (account, next_permit_at)
       SELECT $1, clock_timestamp() + make_interval(secs => $2)
       ON CONFLICT (account) DO UPDATE SET next_permit_at = greatest(pace.next_permit_at, excluded.next_permit_at)`,
      [account, ms / 1_000],
    );
  }
}
