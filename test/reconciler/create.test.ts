import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderProxy } from '../support/provider.proxy.js';
import { until } from '../support/until.js';
import { readCsv, ReconcilerStage } from './reconciler.stage.js';

const HEADER = 'external_id,amount,email';

describe('create', () => {
  let stage: ReconcilerStage;
  let folder: string;
  beforeAll(async () => {
    stage = await ReconcilerStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'create-'));
    await stage.database.query('TRUNCATE payout_link CASCADE');
    await stage.caller.control('reset', {});
    await stage.caller.control('webhooks', { drop: 1 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const given = async (content: string | Buffer, name = 'payouts.csv') => {
    const file = join(folder, name);
    await writeFile(file, content);
    return file;
  };
  const create = async (
    content: string | Buffer,
    args: string[] = ['--yes'],
    env: Record<string, string> = {},
  ) => stage.start(['create', await given(content), ...args], env).ended;
  const result = (name = 'payouts-result.csv', delimiter = ',') => readCsv(join(folder, name), delimiter);
  const payouts = async () =>
    (await stage.caller.request('GET', '/_sandbox/payouts')).body as unknown as {
      external_id: string;
      amount: number;
      email: string;
    }[];
  const rows = (count: number) =>
    [
      HEADER,
      ...Array.from({ length: count }, (_, index) => `p-${index},${50_000 + index},p${index}@example.com`),
    ].join('\n');

  /** A create that does not end before it is released: the provider is slow with one row. */
  const startHeld = async (file: string, externalId: string) => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((done) => (release = done));
    const proxy = await ProviderProxy.open(stage.sandbox.url);
    proxy.beforeResponse = ({ body }) => (body.includes(`"${externalId}"`) ? released : Promise.resolve());
    const running = stage.start(['create', file, '--yes'], { XENDIT_BASE_URL: proxy.url });
    await until('it is under way', () => proxy.creates().some((sent) => sent.externalId === externalId));
    return { ...running, release, close: () => proxy.close() };
  };

  it('pays every row, keeps the other columns, and writes the result of each', async () => {
    const file = `${HEADER},Cost center,\np-2,75000,b@example.com,"17, west"\n`;
    const { code, stdout, stderr } = await create(
      `\uFEFF${file.replace('\n', '\r\n')}p-1,50000,a@example.com,3\r\n,,,\r\n`,
      ['--yes'],
      // One at a time, so that the provider has them in the order of the file.
      { RECONCILE_CONCURRENCY: '1' },
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining('payouts: 2 to do')]);
    expect(stdout).toMatch(
      /in the file +2 rows +IDR 125,000\n +there already +0 rows +IDR 0\n +to be sent +2 rows/,
    );
    expect(stdout).toMatch(/balance +IDR 10,000,000,000/);
    expect((await payouts()).map(({ external_id, amount }) => [external_id, amount])).toEqual([
      ['p-2', 75_000],
      ['p-1', 50_000],
    ]);
    const printed = await result();
    expect(Object.keys(printed[0]!)).toEqual(
      'external_id,amount,email,result,status,provider_id,payout_url,error_code,message'.split(','),
    );
    expect(printed).toMatchObject([
      { external_id: 'p-2', amount: '75000', email: 'b@example.com', result: 'CREATED', status: 'PENDING' },
      { external_id: 'p-1', result: 'CREATED', payout_url: expect.stringContaining('/web/'), error_code: '' },
    ]);
    const link = await stage.service.getByExternalId('p-2');
    expect(link.metadata).toEqual({ 'Cost center': '17, west', batchId: link.batchId });
    expect(link.batchId).toMatch(/^[0-9a-f]{64}$/);
    expect((await stage.service.list({ batchId: link.batchId! })).items).toHaveLength(2);
  });

  it('does nothing twice: the same file again finds every link', async () => {
    await create(rows(5));
    const again = await create(rows(5));
    expect([again.code, (await payouts()).length]).toEqual([0, 5]);
    expect(again.stdout).toMatch(/there already +5 rows +IDR 250,010\n +to be sent +0 rows +IDR 0/);
    expect((await result()).map((row) => row.result)).toEqual(Array.from({ length: 5 }, () => 'EXISTED'));
  });

  it('refuses a file with faults, naming each cell, and sends nothing', async () => {
    const content = `email;Amount;EXTERNAL_ID\nx;1;1E+20\na@example.com;9999;ok\nb@example.com;10.000;p\nb@example.com;10000;p`;
    const { code, stderr } = await create(content);
    for (const cell of ['C2', 'A2', 'B2', 'B3): "9999": amount must be at least 10000', 'B4', 'C5'])
      expect(stderr).toContain(cell);
    expect([code, await payouts()]).toEqual([2, []]);
    expect(stderr).not.toMatch(/@example/);
    expect(await readdir(folder)).toEqual(['payouts.csv']);
  });

  it('ends with 0 for a file without rows, and with 2 for one that is not there', async () => {
    expect((await create(`${HEADER}\n\n,,\n`)).code).toBe(0);
    const { code, stderr } = await stage.start(['create', join(folder, 'nowhere.csv'), '--yes']).ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be read (ENOENT)')]);
  });

  it('refuses an external id that belongs to another payout, and an account that is not configured', async () => {
    await stage.create('p-1');
    const { code, stderr } = await create(`${HEADER}\np-1,50000,other@example.com\np-2,60000,b@example.com`);
    expect([code, (await payouts()).length]).toEqual([2, 1]);
    expect(stderr).toContain('row 2, email (C2): "p-1" belongs to a payout link with another e-mail address');
    const unknown = await create(rows(1), ['--yes', '--account', 'nowhere']);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('no account "nowhere"')]);
  });

  describe('the same person and amount within seven days', () => {
    const file = `${HEADER}\nnew,50000,Old@Example.com\nother,60000,old@example.com`;
    beforeEach(async () => {
      await stage.create('old');
    });

    it('is listed and refused, under --dry-run too, and paid with --repeat', async () => {
      for (const args of [['--yes'], ['--dry-run']]) {
        const { code, stderr } = await create(file, args);
        expect([code, (await payouts()).length]).toEqual([2, 1]);
        expect(stderr).toMatch(/row 2: the person and amount of old, PENDING, created \d{4}-/);
        expect(stderr).not.toMatch(/row 3|@/);
      }
      const repeated = await create(file, ['--yes', '--repeat']);
      expect([repeated.code, (await payouts()).length]).toEqual([0, 3]);
      expect(repeated.stderr).toContain('row 2: the person and amount of old');
    });

    it('is no repetition when the link is of the file, or older', async () => {
      expect((await create(`${file}\nold,50000,old@example.com`, ['--yes'])).code).toBe(0);
      expect((await result()).map((row) => row.result)).toEqual(['CREATED', 'CREATED', 'EXISTED']);
      await stage.database.query(
        "UPDATE payout_link SET created_at = now() - interval '8 days', provider_created_at = now() - interval '8 days'",
      );
      expect((await create(file.replace('new', 'newer').replace('other', 'another'))).code).toBe(0);
    });
  });

  it('compares a refused row again before it is paid after all', async () => {
    const proxy = await ProviderProxy.open(stage.sandbox.url);
    proxy.respondTo = async ({ method }, forward) =>
      method === 'POST'
        ? {
            status: 400,
            headers: {},
            body: JSON.stringify({ error_code: 'INSUFFICIENT_BALANCE', message: 'no' }),
          }
        : forward();
    const first = `${HEADER}\nfirst,50000,a@example.com`;
    expect((await create(first, ['--yes'], { XENDIT_BASE_URL: proxy.url })).code).toBe(3);
    await proxy.close();
    await create(`${HEADER}\nsecond,50000,a@example.com`, ['--yes', '--repeat']);
    const { code, stderr } = await create(first);
    expect([code, (await payouts()).length]).toEqual([2, 1]);
    expect(stderr).toContain('row 2: the person and amount of second, PENDING');
  });

  it('refuses what is no regular file at once, and a result file that leads elsewhere', async () => {
    const pipe = join(folder, 'pipe.csv');
    await promisify(execFile)('mkfifo', [pipe]);
    for (const file of [pipe, '/dev/zero', folder]) {
      const { code, stderr } = await stage.start(['create', file, '--yes']).ended;
      expect([code, stderr]).toEqual([2, expect.stringContaining('(it is not a file)')]);
    }
    const file = await given(rows(1));
    await symlink(file, join(folder, 'payouts-result.csv'));
    const { code, stderr } = await stage.start(['create', file, '--yes']).ended;
    expect([code, stderr, await payouts()]).toEqual([1, expect.stringContaining('is a symbolic link'), []]);
    expect(await readFile(file, 'utf8')).toBe(rows(1));
  });

  it('sends no more when the results can no longer be written, and says what was done', async () => {
    const file = await given(rows(60));
    // The shell's unit: 1 024 bytes.
    const limited = stage.start(['create', file, '--yes'], { RECONCILE_CONCURRENCY: '1' }, [
      'bash',
      '-c',
      'ulimit -f 3; exec "$@"',
      '-',
    ]);
    const { code, stderr } = await limited.ended;
    const made = (await payouts()).length;
    expect(made).toBeLessThan(60);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/The results can no longer be written to .* \d+ rows were done, and are stored/),
    ]);
    expect((await create(rows(60))).code).toBe(0);
    expect(await payouts()).toHaveLength(60);
  });

  it('stops at once when it is stopped while it waits for another create', async () => {
    const first = await startHeld(await given(rows(40)), 'p-3');
    const second = stage.start(['create', await given(rows(2), 'second.csv'), '--yes']);
    await until('the second waits', () => second.stderr().includes('another create is under way'));
    const stoppedAt = performance.now();
    second.child.kill('SIGINT');
    await second.ended;
    expect(performance.now() - stoppedAt).toBeLessThan(4_000);
    first.release();
    await first.ended;
    await first.close();
  });

  it('asks for consent where there is no terminal by ending with 2, after the preview', async () => {
    const { code, stdout, stderr } = await create(rows(2), []);
    expect([code, await payouts()]).toEqual([2, []]);
    expect(stdout).toContain('to be sent');
    expect(stderr).toContain('Give --yes');
    expect(await readdir(folder)).toEqual(['payouts.csv']);
  });

  it.each([
    ['yes', 'yes\n', 2],
    ['anything else', 'y\n', 0],
  ])('sends on a terminal after typing %s', async (_, typed, made) => {
    const file = await given(rows(2));
    const typing = `(until grep -q 'Type yes' ${folder}/out; do sleep 0.05; done; printf '${typed.replace('\n', '\\n')}'; until grep -qE 'result:|nothing was sent' ${folder}/out; do sleep 0.05; done)`;
    const running = stage.start(['create', file], {}, [
      'bash',
      '-c',
      `${typing} | script -qefc "$(printf '%q ' "$@")" ${folder}/out; code=$?; exit $code`,
      '-',
    ]);
    const { code, stdout } = await running.ended;
    expect([code, (await payouts()).length]).toEqual([0, made]);
    expect(stdout).toContain('Send them? Type yes:');
    expect((await readdir(folder)).includes('payouts-result.csv')).toBe(made > 0);
  });

  it('shows an unknown balance, and one that is too small, and stops for neither', async () => {
    const proxy = await ProviderProxy.open(stage.sandbox.url);
    let balance: object = { balance: 60_000 };
    let status = 200;
    proxy.respondTo = async ({ path }, forward) =>
      path === '/balance' ? { status, headers: {}, body: JSON.stringify(balance) } : forward();
    const env = { XENDIT_BASE_URL: proxy.url };
    const small = await create(rows(2), ['--dry-run'], env);
    expect([small.code, small.stdout]).toEqual([0, expect.stringMatching(/MISSING +IDR 40,001/)]);
    [status, balance] = [403, { error_code: 'REQUEST_FORBIDDEN_ERROR', message: 'no' }];
    const unknown = await create(rows(2), ['--yes'], env);
    expect([unknown.code, unknown.stdout]).toEqual([0, expect.stringMatching(/balance +unknown/)]);
    await proxy.close();
  });

  it('says what became of each row, and sends the refused ones again with the same file', async () => {
    const proxy = await ProviderProxy.open(stage.sandbox.url);
    const refusals: Record<string, [number, string]> = {
      'p-1': [400, 'INSUFFICIENT_BALANCE'],
      'p-2': [500, 'SERVER_ERROR'],
    };
    proxy.respondTo = async ({ method, body }, forward) => {
      const refusal =
        method === 'POST' ? refusals[(JSON.parse(body) as { external_id: string }).external_id] : undefined;
      if (!refusal) return forward();
      return {
        status: refusal[0],
        headers: {},
        body: JSON.stringify({ error_code: refusal[1], message: 'no' }),
      };
    };
    const first = await create(rows(4), ['--yes'], { XENDIT_BASE_URL: proxy.url, REPORT_CSV_DELIMITER: ';' });
    expect(first.code).toBe(3);
    expect(await result(undefined, ';')).toMatchObject([
      { external_id: 'p-0', result: 'CREATED' },
      { external_id: 'p-1', result: 'REJECTED', status: 'REJECTED', error_code: 'INSUFFICIENT_BALANCE' },
      {
        external_id: 'p-2',
        result: 'UNCONFIRMED',
        status: 'UNCONFIRMED',
        message: expect.stringContaining('same file'),
      },
      { external_id: 'p-3', result: 'CREATED' },
    ]);
    await proxy.close();
    const second = await create(rows(4));
    expect(second.stdout).toMatch(/to be sent +2 rows +IDR 100,003/);
    expect([second.code, (await payouts()).length]).toEqual([0, 4]);
    expect((await result()).map((row) => row.result)).toEqual(['EXISTED', 'CREATED', 'EXISTED', 'EXISTED']);
  });

  it.each([
    [401, 'INVALID_API_KEY'],
    [403, 'REQUEST_FORBIDDEN_ERROR'],
  ])(
    'stops at a %i: the refused row is rejected, those not begun are not done, exit code 1',
    async (status, error_code) => {
      const proxy = await ProviderProxy.open(stage.sandbox.url);
      proxy.respondTo = async ({ method, body }, forward) =>
        method === 'POST' && body.includes('"p-2"')
          ? { status, headers: {}, body: JSON.stringify({ error_code, message: 'no' }) }
          : forward();
      const { code } = await create(rows(60), ['--yes'], {
        XENDIT_BASE_URL: proxy.url,
        RECONCILE_CONCURRENCY: '1',
      });
      await proxy.close();
      const results = (await result()).map((row) => row.result);
      expect([code, results.slice(0, 3), new Set(results.slice(3))]).toEqual([
        1,
        ['CREATED', 'CREATED', 'REJECTED'],
        new Set(['NOT_DONE']),
      ]);
      expect((await result())[2]).toMatchObject({ error_code });
    },
  );

  it('keeps to the account’s rate', async () => {
    const started = performance.now();
    await create(rows(12), ['--yes'], { RECONCILE_RATE_PER_MINUTE: '240' });
    // Twelve at even distances of a quarter of a second.
    expect(performance.now() - started).toBeGreaterThan(2_700);
  });

  it('is done twice at once by one: the second waits, and pays no one again', async () => {
    const file = await given(rows(40));
    const copy = join(folder, 'copy.csv');
    await copyFile(file, copy);
    const first = await startHeld(file, 'p-3');
    const second = stage.start(['create', copy, '--yes']);
    await until('the second waits', () => second.stderr().includes('another create is under way'));
    first.release();
    const [one, two] = await Promise.all([first.ended, second.ended]);
    await first.close();
    expect([one.code, two.code, (await payouts()).length]).toEqual([0, 0, 40]);
    expect(two.stdout).toMatch(/there already +40 rows/);
    expect((await result('copy-result.csv')).every((row) => row.result === 'EXISTED')).toBe(true);
  });

  it('writes down what is done when it is stopped, and continues with the same file', async () => {
    const stopped = stage.start(['create', await given(rows(50)), '--yes'], {
      RECONCILE_RATE_PER_MINUTE: '600',
    });
    await until('some are paid', async () => (await payouts()).length > 4);
    stopped.child.kill('SIGTERM');
    await stopped.ended;
    const made = (await payouts()).length;
    const results = (await result()).map((row) => row.result);
    expect(made).toBeLessThan(50);
    expect([results.length, results.filter((word) => word === 'CREATED').length]).toEqual([50, made]);
    const again = await create(rows(50));
    expect([again.code, (await payouts()).length]).toEqual([0, 50]);
  });

  it('does nothing when the results cannot be written', async () => {
    const { code, stderr } = await stage.start(['create', await given(rows(1)), '--yes'], {}, []).ended;
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    await rm(join(folder, 'payouts-result.csv'));
    await mkdir(join(folder, 'payouts-result.csv'));
    const refused = await create(rows(2));
    expect([refused.code, (await payouts()).length]).toEqual([1, 1]);
    expect(refused.stderr).toContain('The results cannot be written');
    expect(await readFile(join(folder, 'payouts.csv'), 'utf8')).toBe(rows(2));
  });
});
