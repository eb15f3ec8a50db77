import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { alternate, type Benchmark } from '../benchmark.js';
import type { Program } from '../program.js';
import { compareSpeed, speedOf } from '../speed.js';
import type { StageDatabase } from '../stage.js';

const AT_ONCE = 32;
const POOL_SIZE = 20;
const LINKS = { small: 500, full: 5_000 };

/** From the caller's call to the stored response of the provider. */
export const create: Benchmark = {
  name: 'create',
  title: 'creating links, against one statement on each side of the POST, and a TypeORM service',
  measure: async (stage, plan) => {
    const count = LINKS[plan.size];
    const database = await stage.database(PAYOUT_LINKS_MIGRATIONS);
    const sandbox = await stage.sandbox();
    const settings = { databaseUrl: database.url, poolSize: POOL_SIZE };
    const host = await stage.program('host', { ...settings, options: { baseUrl: sandbox.url } });
    const plain = await stage.program('plain-create', { ...settings, providerUrl: sandbox.url });
    const orm = await stage.program('orm-create', { ...settings, providerUrl: sandbox.url });
    let runs = 0;
    const measure = async (program: Program) => {
      runs += 1;
      await sandbox.control('reset', {});
      await database.query('TRUNCATE payout_link CASCADE');
      const speed = await speedOf(count, () =>
        program.call<number>('create', { prefix: `run-${runs}`, count, atOnce: AT_ONCE }),
      );
      await requireAllCreated(database, count);
      return speed;
    };
    const measured = await alternate(plan, {
      product: () => measure(host),
      plain: () => measure(plain),
      orm: () => measure(orm),
    });
    return [
      ...compareSpeed('creates', { atLeast: 0.85 }, measured.product, measured.plain),
      ...compareSpeed('creates, against TypeORM', { atLeast: 2 }, measured.product, measured.orm),
    ];
  },
};

async function requireAllCreated(database: StageDatabase, count: number): Promise<void> {
  const [row] = await database.query<{ created: number }>(
    `SELECT count(*)::int AS created FROM payout_link JOIN payout_link_transition ON payout_link_id = payout_link.id
     WHERE status = 'PENDING' AND to_status = 'PENDING' AND payout_link.provider_id IS NOT NULL AND raw IS NOT NULL`,
  );
  if (row!.created !== count) throw new Error(`${row!.created} of ${count} links were created`);
}
