import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { businessDate, ReconcilerStage, type RunResult } from './reconciler.stage.js';

const today = businessDate();

describe('a report set', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  const full = async (env: Record<string, string> = {}): Promise<RunResult> => {
    await stage.createAndClaim('ask-again', '121212');
    await stage.createAndClaim('0012345678901234567890', '333333');
    await stage.createAndClaim('paid', undefined, 125_000);
    await stage.create('waits', 70_000);
    await expect(stage.create('too-much', 20_000_000_000)).rejects.toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
    });
    await stage.transfersDone();
    return (await stage.run(['--date', today], env)).runs[0]!;
  };

  it('is Indonesian on request, with the delimiter of its Excel', async () => {
    const result = await full({ REPORT_LANGUAGE: 'id', REPORT_CSV_DELIMITER: ';' });
    const page = await readFile(join(result.reportSet, 'report.html'), 'utf8');
    expect(page).toContain('<html lang="id">');
    expect(page).toContain('Kegagalan belum selesai');
    expect(page).toContain('20.000.100.000');
    const failures = await readFile(join(result.reportSet, 'failures.csv'), 'utf8');
    expect(failures).toContain('change;external_id;');
    expect(failures).toContain('Isi ulang saldo');
  });

  it('escapes external names, and logs what to add to the catalogue', async () => {
    const result = await full();
    await stage.database.query(
      `UPDATE payout_link_transition SET failure_code = '<img src=x onerror=alert(1)>' WHERE failure_code = 'INVALID_DESTINATION'`,
    );
    const { stderr } = await stage.run(['--date', today, '--no-progress']);
    const page = await readFile(join(result.reportSet, 'report.html'), 'utf8');
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    const discrepancies = await stage.csv(result, 'discrepancies.csv');
    expect(discrepancies.map(({ provider_value }) => provider_value)).toContain(
      '<img src=x onerror=alert(1)>',
    );
    for (const { recommended_action } of discrepancies)
      expect(recommended_action).not.toMatch(/[{}]|CATALOGUE/);
    expect(stderr).toContain(`{ code: "<img src=x onerror=alert(1)>", retry: 'REVIEW', owner: 'DEVELOPER'`);
  });
});
