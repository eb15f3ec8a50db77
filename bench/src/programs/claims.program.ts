import 'reflect-metadata';
import { DEFAULT_ACCOUNT } from 'nestjs-payout-links';
import { DataSource } from 'typeorm';
import { openDatabase } from '../../../libs/payout-links/dist/database/open-database.js';
import { PAYOUT_LINKS_ENTITIES } from '../../../libs/payout-links/dist/payout-links.entities.js';
import { PayoutLinkRepository } from '../../../libs/payout-links/dist/link/payout-link.repository.js';
import { serveCommands, settings } from './commands.js';

/** The module's batch size, and the duration of its leases. */
const AT_A_TIME = 4;
const POLL_LEASE_SECONDS = 300;

const { databaseUrl } = settings() as { databaseUrl: string };
const dataSource = await new DataSource({
  type: 'postgres',
  url: databaseUrl,
  entities: [...PAYOUT_LINKS_ENTITIES],
}).initialize();
const links = new PayoutLinkRepository(openDatabase(dataSource, 5));

serveCommands({
  /** Claims links that are due for a poll. @returns milliseconds of each claim */
  polls: (claims: number) =>
    timed(claims, AT_A_TIME, () => links.takeDueForPoll([DEFAULT_ACCOUNT], AT_A_TIME, POLL_LEASE_SECONDS)),
  /** The same when all that was due is claimed. */
  nothing: (claims: number) =>
    timed(claims, 0, () => links.takeDueForPoll([DEFAULT_ACCOUNT], AT_A_TIME, POLL_LEASE_SECONDS)),
  /** Claims interrupted creates. @returns milliseconds of each claim */
  intents: (claims: number) => timed(claims, 1, () => links.takeOverIntents([DEFAULT_ACCOUNT], 1)),
});

async function timed(claims: number, atATime: number, claim: () => Promise<unknown[]>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < claims; index += 1) {
    const startedAt = performance.now();
    const { length } = await claim();
    times.push(performance.now() - startedAt);
    if (length !== atATime) throw new Error(`a claim got ${length}`);
  }
  return times;
}
