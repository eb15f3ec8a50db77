import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { readCsv, ReconcilerStage } from '../reconciler/reconciler.stage.js';
import { ProviderProxy } from '../support/provider.proxy.js';
import { report, size } from './size.js';

const ROWS = size(60, 300);
const KILLS = size(4, 30);
/** All kills together come before the last row is sent. */
const RATE_PER_MINUTE = 3_000;
const LONGEST_MS = Math.ceil((ROWS / KILLS) * (60_000 / RATE_PER_MINUTE));

describe('reconcile create, killed at random moments', () => {
  it.each([
    ['refuses a repeated create', false],
    ['repeats its response to a repeated create', true],
  ])(
    'pays every row once, and its last result file is complete, when the provider %s',
    async (_, idempotentReplay) => {
      const stage = await ReconcilerStage.open({ rateLimit: 1_000_000, idempotentReplay });
      const proxy = await ProviderProxy.open(stage.sandbox.url);
      const folder = await mkdtemp(join(tmpdir(), 'killed-create-'));
      try {
        const rows = Array.from(
          { length: ROWS },
          (__, row) => `p-${row},${50_000 + row},p${row}@example.com`,
        );
        const file = join(folder, 'payouts.csv');
        await writeFile(file, ['external_id,amount,email', ...rows].join('\n'));
        const env = { XENDIT_BASE_URL: proxy.url, RECONCILE_RATE_PER_MINUTE: `${RATE_PER_MINUTE}` };
        const create = () => stage.start(['create', file, '--yes'], env);
        for (let kill = 0; kill < KILLS; kill += 1) {
          const running = create();
          // Most while it sends, some at any moment before.
          const sends = async () => {
            while (!running.stderr().includes('to do')) await wait(5);
            await wait(randomInt(0, LONGEST_MS));
          };
          await (randomInt(4) === 0 ? wait(randomInt(0, 1_200)) : Promise.race([sends(), running.ended]));
          running.child.kill('SIGKILL');
          await running.ended;
        }
        const left = await stage.database.query("SELECT 1 FROM payout_link WHERE status = 'CREATING'");
        const stored = await stage.database.query('SELECT 1 FROM payout_link');
        // As if the leases of the killed ones had expired.
        await stage.database.query(
          "UPDATE payout_link SET lease_expires_at = now() - interval '2 minutes' WHERE status = 'CREATING'",
        );
        const last = await create().ended;

        const results = await readCsv(join(folder, 'payouts-result.csv'));
        const payouts = (await stage.caller.request('GET', '/_sandbox/payouts')).body as unknown as {
          external_id: string;
          amount: number;
          email: string;
        }[];
        expect(results.map(({ external_id, amount, email }) => `${external_id},${amount},${email}`)).toEqual(
          rows,
        );
        expect(
          payouts.map(({ external_id, amount, email }) => `${external_id},${amount},${email}`).toSorted(),
        ).toEqual(rows.toSorted());
        // A create that may have reached the provider is repeated with the same values and key.
        const values = new Map<string, Set<string>>();
        for (const { externalId, values: sent } of proxy.creates())
          values.set(externalId, (values.get(externalId) ?? new Set()).add(sent));
        expect([...values.values()].every((sent) => sent.size === 1)).toBe(true);
        const unconfirmed = results.filter(({ result }) => result === 'UNCONFIRMED').length;
        expect(results.every(({ result }) => ['CREATED', 'EXISTED', 'UNCONFIRMED'].includes(result!))).toBe(
          true,
        );
        expect(last.code).toBe(unconfirmed > 0 ? 3 : 0);
        if (idempotentReplay) expect(unconfirmed).toBe(0);
        const figures = {
          rows: ROWS,
          kills: KILLS,
          requests: proxy.creates().length,
          payouts: payouts.length,
        };
        report('killed create', {
          idempotentReplay,
          ...figures,
          storedBefore: stored.length,
          leftCreating: left.length,
          unconfirmed,
        });
      } finally {
        await rm(folder, { recursive: true });
        await proxy.close();
        await stage.close();
      }
    },
    size(240_000, 900_000),
  );
});
