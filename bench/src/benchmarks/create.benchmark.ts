import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { alternate, type Benchmark } from '../benchmark.js';
import { compare } from '../measure.js';
import type { Program } from '../program.js';

const AT_ONCE = 32;
const POOL_SIZE = 20;
const LINKS = { small: 500, full: 5_000 };

/** From the caller's call to the stored response of the provider. */
export const create: Benchmark = {
  name: 'create',
  title: 'creating links, against an axios POST between two single-row commits through pg',
  measure: async (stage, plan) => {
    const count = LINKS[plan.size];
    const database = await stage.database(PAYOUT_LINKS_MIGRATIONS);
    const sandbox = await stage.sandbox();
    const settings = { databaseUrl: database.url, poolSize: POOL_SIZE };
    const host = await stage.program('host', { ...settings, options: { baseUrl: sandbox.url } });
    const plain = await stage.program('plain-create', { ...settings, providerUrl: sandbox.url });
    let runs = 0;
    const measure = async (program: Program) => {
      runs += 1;
      await sandbox.control('reset', {});
      await database.query('TRUNCATE payout_link, plain_link CASCADE');
      return (
        count / (await program.call<number>('create', { prefix: `run-${runs}`, count, atOnce: AT_ONCE }))
      );
    };
    const { product, baseline } = await alternate(
      plan,
      () => measure(host),
      () => measure(plain),
    );
    return [
      compare({ measured: 'creates', unit: '/s', by: 'ratio', target: { atLeast: 0.8 } }, product, baseline),
    ];
  },
};
