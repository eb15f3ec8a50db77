import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderProxy } from '../support/provider.proxy.js';
import { businessDate, readCsv, ReconcilerStage } from './reconciler.stage.js';

describe('import', () => {
  let stage: ReconcilerStage;
  let folder: string;
  beforeAll(async () => {
    stage = await ReconcilerStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'import-'));
    await stage.database.query('TRUNCATE payout_link CASCADE');
    await stage.caller.control('reset', {});
    await stage.caller.control('webhooks', { drop: 1 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = async (content: string, args: string[] = [], env: Record<string, string> = {}) => {
    const file = join(folder, 'links.csv');
    await writeFile(file, content);
    return stage.start(['import', file, ...args], env).ended;
  };
  const result = () => readCsv(join(folder, 'links-result.csv'));
  const made = async (external_id: string, fields: object = {}) =>
    (await stage.caller.create({ external_id, amount: 75_000, email: 'budi@example.com', ...fields })).id;
  const stored = async () => (await stage.database.query('SELECT 1 FROM payout_link')).length;

  it('takes over open links, which are reconciled from then on', async () => {
    const ids = [await made('old-1'), await made('old-2'), await made('old-3')];
    await stage.caller.claim(ids[2]!, '999999');
    await stage.caller.advance(1_000);
    const file = `Provider_ID;amount;external_id;note\n${ids[0]};75000;old-1;x\n\n${ids[1]};;;\n${ids[2]};;old-3;\n`;
    const dry = await run(file, ['--dry-run']);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringMatching(/IMPORTED +3 .*\nnothing was stored/)]);
    expect([await stored(), await readdir(folder)]).toEqual([0, ['links.csv']]);

    expect((await run(file)).code).toBe(0);
    const printed = await result();
    expect(Object.keys(printed[0]!)).toEqual(['provider_id', 'external_id', 'result', 'status', 'message']);
    expect(printed).toEqual([
      { provider_id: ids[0], external_id: 'old-1', result: 'IMPORTED', status: 'PENDING', message: '' },
      { provider_id: ids[1], external_id: 'old-2', result: 'IMPORTED', status: 'PENDING', message: '' },
      { provider_id: ids[2], external_id: 'old-3', result: 'IMPORTED', status: 'FAILED', message: '' },
    ]);
    await stage.caller.claim(ids[0]!, '121212');
    await stage.caller.advance(1_000);
    const { code, runs } = await stage.run(['--date', businessDate()]);
    expect([code, runs[0]!.coverage]).toEqual([0, expect.objectContaining({ open: 2, read: 2 })]);
    expect((await stage.csv(runs[0]!, 'failures.csv')).map((row) => row.external_id)).toEqual(['old-1']);

    const again = await run(file);
    expect([again.code, (await result()).map((row) => row.result)]).toEqual([0, ['KNOWN', 'KNOWN', 'KNOWN']]);
  });

  it('says of each link that is not taken over why, and ends with 3', async () => {
    const [fine, amount, address, twice, own] = [
      await made('fine'),
      await made('amount'),
      await made('address'),
      await made('twice'),
      (await stage.create('own')).providerId!,
    ];
    await stage.database.query("UPDATE payout_link SET provider_id = 'other', version = version + 1");
    const rows = [
      'provider_id,external_id,amount,email',
      `${fine},,,`,
      `${amount},,75001,`,
      `${address},,,siti@example.com`,
      `${own},,,`,
      'nowhere,,,',
      `${twice},twice,75000,BUDI@example.com`,
      `${twice},,,`,
    ];
    const { code, stdout } = await run(rows.join('\n'), [], { RECONCILE_CONCURRENCY: '1' });
    expect(code).toBe(3);
    expect((await result()).map((row) => [row.result, row.message])).toEqual([
      ['IMPORTED', ''],
      ['DIFFERS', 'amount: the payout link has 75000'],
      ['DIFFERS', 'email: the payout link has another e-mail address'],
      ['DIFFERS', expect.stringContaining('our own payout link own')],
      ['MISSING', expect.stringContaining('the provider has no payout link with this id')],
      ['IMPORTED', ''],
      ['KNOWN', ''],
    ]);
    expect(stdout).toMatch(/nowhere {2}MISSING/);
    expect(stdout).not.toMatch(/@example/);
  });

  it('settles our own creates by the rules of adopt, and finds links of other accounts', async () => {
    await stage.create('unsure');
    const [{ provider_id: id }] = (await stage.database.query<{ provider_id: string }>(
      `UPDATE payout_link SET status = 'UNCONFIRMED', provider_id = NULL, version = version + 1
       RETURNING (SELECT provider_id FROM payout_link AS before WHERE before.id = payout_link.id)`,
    )) as [{ provider_id: string }];
    const elsewhere = await made('elsewhere');
    await stage.service.importLink({ providerId: elsewhere });
    await stage.database.query("UPDATE payout_link SET account = 'second' WHERE external_id = 'elsewhere'");
    const accounts = { second: { apiKey: 'xnd_development_second', webhookTokens: ['t'] } };
    const env = { XENDIT_ACCOUNTS: JSON.stringify(accounts) };
    const file = `provider_id\n${id}\n${elsewhere}`;
    expect((await run(file, ['--dry-run'], env)).stdout).toMatch(/IMPORTED +1 {2}\(PENDING 1\)\nDIFFERS +1/);
    expect((await run(file, [], env)).code).toBe(3);
    expect(await result()).toMatchObject([
      { external_id: 'unsure', result: 'IMPORTED', status: 'PENDING' },
      { result: 'DIFFERS', message: expect.stringContaining('account second') },
    ]);
  });

  it('refuses a file with faults, naming each cell', async () => {
    const { code, stderr } = await run('provider_id,amount\n,75000\nx,75.000');
    expect(code).toBe(2);
    for (const cell of ['provider_id (A2): it is empty', 'amount (B3)']) expect(stderr).toContain(cell);
    expect(await readdir(folder)).toEqual(['links.csv']);
  });

  it('stops at a refused key with 1, and says of a provider that does not respond what was not done', async () => {
    const ids = [await made('a'), await made('b'), await made('c')];
    const proxy = await ProviderProxy.open(stage.sandbox.url);
    const refuse = (id: string, status: number, error_code: string) => {
      proxy.respondTo = async ({ path }, forward) =>
        path.endsWith(id)
          ? { status, headers: {}, body: JSON.stringify({ error_code, message: 'no' }) }
          : forward();
    };
    const env = { XENDIT_BASE_URL: proxy.url, RECONCILE_CONCURRENCY: '1' };
    refuse(ids[1]!, 401, 'INVALID_API_KEY');
    const refused = await run(`provider_id\n${ids.join('\n')}`, [], env);
    expect([refused.code, (await result()).map((row) => row.result)]).toEqual([
      1,
      ['IMPORTED', 'NOT_DONE', 'NOT_DONE'],
    ]);
    refuse(ids[1]!, 400, 'SOMETHING_ELSE');
    const unclear = await run(`provider_id\n${ids.join('\n')}`, [], env);
    expect([unclear.code, (await result()).map((row) => row.result)]).toEqual([
      3,
      ['KNOWN', 'NOT_DONE', 'IMPORTED'],
    ]);
    await proxy.close();
  });
});
