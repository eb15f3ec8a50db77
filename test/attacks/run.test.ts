import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyReportSet } from '../../apps/reconciler/src/report/verify.js';
import { report, size } from '../proofs/size.js';
import { until } from '../support/until.js';
import { businessDate, outcomeOf, ReconcilerStage } from '../reconciler/reconciler.stage.js';
import { HostileDatabase } from './hostile-database.js';

/** Runs that lose the database, spread over the statements of a run. */
const LOSSES = size(3, 60);
const AWAY_MS = 400;
const TIMEOUT_MS = size(240_000, 1_800_000);
/** What an operator reads, whichever statement it was. */
const LOST = /connection to the database was lost|database at \S+ cannot be reached|ECONNRESET|queue/i;

describe('a run whose database restarts in the middle', () => {
  let stage: ReconcilerStage;
  let hostile: HostileDatabase;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
    hostile = await HostileDatabase.before(stage.database.url);
  });
  afterEach(async () => {
    await hostile.close();
    // Checks every rule of the product.
    await stage.close();
  });

  it(
    'ends with 1 or finishes, whichever statement it was at, and the next run balances',
    async () => {
      for (const [name, account] of [['paid'], ['fails', '121212'], ['stays', '131313']] as const)
        await stage.createAndClaim(name, account);
      await stage.create('open');
      await stage.transfersDone();
      const run = () =>
        stage.start(['run', '--date', businessDate(), '--json', '--no-progress'], {
          DATABASE_URL: hostile.url,
        });
      let statements = 0;
      hostile.onStatement = () => {
        statements += 1;
        return null;
      };
      expect((await run().ended).code).toBe(0);
      const ofARun = statements;
      const codes: Record<string, number> = {};
      for (let loss = 0; loss < LOSSES; loss += 1) {
        const at = Math.floor(((loss + 0.5) / LOSSES) * ofARun);
        let [seen, away] = [0, false];
        hostile.onStatement = () => {
          seen += 1;
          if (seen !== at) return away ? 'lost before' : null;
          away = true;
          // Every other time the statement is carried out, and its session is lost; the others with their next statement.
          if (loss % 2 === 1) return 'lost after';
          hostile.endSessions();
          return 'lost before';
        };
        const lost = run();
        await until('the loss, or the end', () => away || lost.child.exitCode !== null);
        await wait(AWAY_MS);
        away = false;
        const { code, stderr } = await lost.ended;
        codes[String(code)] = (codes[String(code)] ?? 0) + 1;
        expect([at, code === 0 || code === 1, stderr]).toEqual([
          at,
          true,
          code === 0 ? expect.anything() : expect.stringMatching(LOST),
        ]);
        hostile.onStatement = () => null;
        const next = outcomeOf(await run().ended);
        expect([at, next.code, next.runs[0]?.footed]).toEqual([at, 0, true]);
        const set = join(stage.reportsDir, 'default', businessDate());
        expect((await verifyReportSet(set)).differences).toEqual([]);
      }
      report('runs that lost the database', { statements: ofARun, losses: LOSSES, codes });
      expect(
        await stage.database.query(
          "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        ),
      ).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
