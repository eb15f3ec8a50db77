import { Injectable } from '@nestjs/common';
import { PayoutLinksDatabase } from 'nestjs-payout-links/unstable';

/**
 * The provider's window slides and clocks jitter: slightly below the rate, no minute ever exceeds it. Costs 1.5 %
 * of the rate.
 */
const SHARE_OF_RATE = 0.985;
/** Unused permits of this much time are made up for; half a second's worth still keeps every minute below the rate. */
const MAKE_UP_SECONDS = 0.5;

/** The rate limiter of an account's polls, shared by all workers on all machines: permits at even intervals. */
@Injectable()
export class RateLimiter {
  constructor(private readonly database: PayoutLinksDatabase) {}

  /**
   * Reserves the next permits of an account.
   * @returns for each permit the milliseconds until it is valid
   */
  async reserve(account: string, permits: number, perMinute: number): Promise<number[]> {
    const distanceMs = 60_000 / (perMinute * SHARE_OF_RATE);
    const [row] = await this.database.query<{ waitMs: number }>(
      `INSERT INTO payout_link_rate_limit AS permits (account, next_permit_at)
       SELECT $1, now + make_interval(secs => $2) FROM clock_timestamp() AS now
       ON CONFLICT (account) DO UPDATE SET
         next_permit_at = greatest(permits.next_permit_at, clock_timestamp() - interval '${MAKE_UP_SECONDS} seconds')
           + make_interval(secs => $2)
       RETURNING (extract(epoch FROM next_permit_at - clock_timestamp()) - $2::float8)::float8 * 1000 AS "waitMs"`,
      [account, (permits * distanceMs) / 1_000],
    );
    return Array.from({ length: permits }, (_, permit) => Math.max(0, row!.waitMs + permit * distanceMs));
  }

  /** The provider accepts no more requests for a while: no permit is valid before. */
  async pause(account: string, ms: number): Promise<void> {
    await this.database.execute(
      `INSERT INTO payout_link_rate_limit AS permits (account, next_permit_at)
       SELECT $1, clock_timestamp() + make_interval(secs => $2)
       ON CONFLICT (account) DO UPDATE SET next_permit_at = greatest(permits.next_permit_at, excluded.next_permit_at)`,
      [account, ms / 1_000],
    );
  }
}
