import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { alternate, type Benchmark } from '../benchmark.js';
import { compare } from '../measure.js';
import { Program } from '../program.js';

const POOL_SIZE = 10;

/** From the start of the process until it listens, on a migrated database. */
export const start: Benchmark = {
  name: 'start',
  title: 'a Nest host with the module, against one with TypeORM, axios and a ValidationPipe alone',
  measure: async (stage, plan) => {
    const { url: databaseUrl } = await stage.database(PAYOUT_LINKS_MIGRATIONS);
    const milliseconds = async (name: string) => {
      const startedAt = performance.now();
      const host = await Program.start(name, { databaseUrl, poolSize: POOL_SIZE, options: {} });
      const took = performance.now() - startedAt;
      await host.stop();
      return took;
    };
    const { product, baseline } = await alternate(plan, {
      product: () => milliseconds('host'),
      baseline: () => milliseconds('bare-host'),
    });
    return [
      compare(
        { measured: 'until it listens', unit: 'ms', by: 'difference', target: { atMost: 150 } },
        product,
        baseline,
      ),
    ];
  },
};
