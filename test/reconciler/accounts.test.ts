import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startHost } from '../support/host.js';
import { businessDate, ReconcilerStage } from './reconciler.stage.js';

const today = businessDate();
const BRANCH = {
  apiKey: 'xnd_development_branch',
  webhookTokens: ['token-of-the-branch'],
  forUserId: 'sub-account',
};

describe('a reconciliation of several accounts', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  it('reads each with its own key and writes each a report set, even if one account’s key is invalid', async () => {
    const host = await startHost({
      databaseUrl: stage.database.url,
      sandbox: stage.sandbox,
      options: { apiKey: stage.sandbox.apiKey, webhookTokens: ['t'], accounts: { branch: BRANCH } },
    });
    try {
      await stage.create('ours', 10_000);
      const theirs = await host.service.create({
        account: 'branch',
        externalId: 'theirs',
        amount: 20_000,
        email: 'siti@example.com',
      });
      await stage.caller.claim(theirs.providerId!, '121212');
      await stage.transfersDone();

      const { code, runs } = await stage.run(['--date', today], {
        XENDIT_ACCOUNTS: JSON.stringify({ branch: BRANCH }),
      });
      expect(code).toBe(0);
      expect(runs.map(({ account, failures, coverage }) => [account, failures, coverage.read])).toEqual([
        ['default', 0, 1],
        ['branch', 1, 1],
      ]);
      expect(await stage.csv(runs[1]!, 'failures.csv')).toMatchObject([
        { external_id: 'theirs', account: 'branch' },
      ]);

      const bad = { branch: { ...BRANCH, apiKey: 'unknown' } };
      await host.service.create({
        account: 'branch',
        externalId: 'more',
        amount: 20_000,
        email: 'siti@example.com',
      });
      const refused = await stage.run(['--date', today], { XENDIT_ACCOUNTS: JSON.stringify(bad) });
      expect(refused.code).toBe(1);
      expect(refused.runs.map(({ account }) => account)).toEqual(['default']);
      expect(refused.stderr).toContain('refused the key of the account "branch"');

      // No other failure of the first account affects the second.
      await rm(join(stage.reportsDir, 'default'), { recursive: true });
      await writeFile(join(stage.reportsDir, 'default'), 'no folder');
      const blocked = await stage.run(['--date', today], {
        XENDIT_ACCOUNTS: JSON.stringify({ branch: BRANCH }),
      });
      expect(blocked.code).toBe(1);
      expect(blocked.runs.map(({ account }) => account)).toEqual(['branch']);
      expect(blocked.stderr).toContain('default: The report set');
      expect(blocked.stderr).toContain('was not written');
    } finally {
      await host.close();
    }
  });
});
