import autocannon from 'autocannon';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { SANDBOX_WEBHOOK_TOKEN } from 'payout-links-sandbox';
import { alternate, type Benchmark } from '../benchmark.js';
import { compare } from '../measure.js';
import { busySeconds, compareSpeed, type Speed } from '../speed.js';

const CONNECTIONS = 50;
const POOL_SIZE = 10;
const SECONDS = { small: 2, full: 10 };

/** Until the delivery is stored and the response is sent; the product's deliveries are left to another process. */
export const webhook: Benchmark = {
  name: 'webhook',
  title: 'acknowledging deliveries, against a Nest handler with one INSERT through pg',
  measure: async (stage, plan) => {
    const database = await stage.database(PAYOUT_LINKS_MIGRATIONS);
    const settings = { databaseUrl: database.url, poolSize: POOL_SIZE };
    const host = await stage.program('host', { ...settings, options: { webhook: { process: false } } });
    const plain = await stage.program('plain-inbox', settings);
    const addresses = {
      product: `${await host.call<string>('url')}/webhooks/xendit/payout-links`,
      baseline: `${await plain.call<string>('url')}/webhooks`,
    };
    const measure = async (url: string) => {
      await database.query('TRUNCATE payout_link_delivery, plain_delivery');
      return acknowledgements(url, SECONDS[plan.size]);
    };
    const { product, baseline } = await alternate(plan, {
      product: () => measure(addresses.product),
      baseline: () => measure(addresses.baseline),
    });
    return [
      ...compareSpeed('acknowledgements', { atLeast: 0.9 }, product, baseline),
      compare(
        { measured: 'p99', unit: 'ms', by: 'ratio', target: { atMost: 1.2 } },
        product.map(({ p99 }) => p99),
        baseline.map(({ p99 }) => p99),
      ),
    ];
  },
};

let deliveries = 0;

/** No delivery is repeated. @throws when a response was not 200 */
async function acknowledgements(url: string, seconds: number): Promise<Speed & { p99: number }> {
  const cpuBefore = busySeconds();
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        setupRequest: (request) => {
          deliveries += 1;
          return {
            ...request,
            headers: {
              'content-type': 'application/json',
              'x-callback-token': SANDBOX_WEBHOOK_TOKEN,
              'webhook-id': `delivery-${deliveries}`,
            },
            body: delivery(deliveries),
          };
        },
      },
    ],
  });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${result.non2xx} refused and ${result.errors} failed of ${result.requests.total}`);
  return {
    perSecond: result['2xx'] / result.duration,
    perCpuSecond: result['2xx'] / (busySeconds() - cpuBefore),
    p99: result.latency.p99,
  };
}

function delivery(number: number): string {
  return JSON.stringify({
    event: 'disbursement.completed',
    business_id: '5e2c7b0d3f6a4b0017c3d9aa',
    created: '2026-11-22T03:00:00.000Z',
    data: {
      id: `pl-${number}`,
      reference_id: `refund-${number}`,
      amount: 150_000,
      currency: 'IDR',
      status: 'COMPLETED',
      created: '2026-11-22T02:00:00.000Z',
      updated: '2026-11-22T03:00:00.000Z',
    },
  });
}
