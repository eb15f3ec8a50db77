import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoStage } from './demo.stage.js';
import { ReportsStage } from './reports.stage.js';

const POLICY = "sandbox allow-downloads; default-src 'none'; style-src 'unsafe-inline'";
const ROWS = /<a href="\/reports\/default\/\d{4}-\d\d-\d\d\//g;

/** A request whose path no client has tidied up. */
function rawStatus(url: string, path: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((done, fail) => {
    request({ hostname, port, path }, (response) => {
      response.resume();
      done(response.statusCode!);
    })
      .on('error', fail)
      .end();
  });
}

describe('the report pages', () => {
  let stage: ReportsStage;
  beforeAll(async () => {
    stage = await ReportsStage.open();
    for (const date of ['2026-11-24', '2026-11-25', '2026-11-26']) await stage.finish(date);
    await stage.finish('2026-11-27', { open: true });
    await stage.delivery('2026-11-26', 'finance', null);
    await stage.delivery('2026-11-26', 'chat', 'HTTP 503');
    await stage.statement('2026-11-01_2026-11-15');
    await stage.statement('2026-11-16_2026-11-30', 2);
    await rm(join(stage.reports.reportsDir, 'default', '2026-11-24'), { recursive: true });
  });
  afterAll(() => stage.close());

  const get = (path: string) => stage.demo.get(path);

  it('list every slot from the database, newest first, with what people ask first', async () => {
    const { status, headers, text } = await get('/reports');
    expect([status, headers.get('content-security-policy'), headers.get('cache-control')]).toEqual([
      200,
      POLICY,
      'no-store',
    ]);
    expect(text.match(ROWS)).toEqual(
      ['27', '26', '25', '24'].map((day) => `<a href="/reports/default/2026-11-${day}/`),
    );
    expect(text).toMatch(
      /2026-11-27 default[^]*?balanced[^]*?open[^]*?2026-11-26 default[^]*?sealed[^]*?1 of 2 undelivered/,
    );
    expect(text.match(/files are not on this server/g)).toHaveLength(1);
  });

  it('list the statements, with what is to act on', async () => {
    const { text } = await get('/reports');
    expect(text).toMatch(
      /statements\/2026-11-16_2026-11-30\/"[^]*?balanced[^]*?>\s*2\s*<[^]*?statements\/2026-11-01_2026-11-15\//,
    );
  });

  it('continue with older slots', async () => {
    await stage.reports.database.query(
      `INSERT INTO payout_link_reconciliation_run (account, business_date, status, provisional, sealed, slot_end, as_of,
         listed, reading_number, timezone, language, csv_delimiter, result, roll_forward, started_at, finished_at)
       SELECT account, business_date - day, status, provisional, sealed, slot_end, as_of, listed, reading_number, timezone,
         language, csv_delimiter, result, roll_forward, started_at, finished_at
       FROM payout_link_reconciliation_run, generate_series(1, 60) AS day WHERE business_date = '2026-11-24'`,
    );
    const first = await get('/reports');
    expect(first.text.match(ROWS)).toHaveLength(50);
    const older = /href="([^"]+)" rel="next"/.exec(first.text)![1]!.replaceAll('&amp;', '&');
    const second = await get(older);
    expect(second.text.match(ROWS)).toHaveLength(14);
    expect(second.text).not.toMatch(/rel="next"|<h2 id="statements">/);
    const newer = /href="([^"]+)" rel="prev"/.exec(second.text)![1]!.replaceAll('&amp;', '&');
    expect((await get(newer)).text.match(ROWS)).toEqual(first.text.match(ROWS));
    await stage.reports.database.query(
      "DELETE FROM payout_link_reconciliation_run WHERE business_date < '2026-11-24'",
    );
  });

  it.each([
    '/reports?after=x',
    '/reports?after=2026-13-45,default',
    '/reports?before=2026-02-30,default',
    '/reports?after=0000-01-01,default',
    '/reports?account=..',
    '/reports?account=a&account=b',
  ])('refuse %s', async (path) => {
    expect((await get(path)).status).toBe(400);
  });

  it('show a slot with the one before and the one after, its deliveries and its files', async () => {
    const { status, headers, text } = await get('/reports/default/2026-11-26/');
    expect([status, headers.get('content-security-policy')]).toEqual([200, POLICY]);
    expect(text).toMatch(
      /href="\/reports\/default\/2026-11-25\/" rel="prev"[^]*href="\/reports\/default\/2026-11-27\/" rel="next"/,
    );
    expect(text).toMatch(/chat[^]*undelivered[^]*HTTP 503[^]*finance[^]*delivered/);
    for (const file of ['failures.csv', 'report.xlsx', 'report.html', 'manifest.json'])
      expect(text).toContain(`<a href="/reports/default/2026-11-26/${file}" download>${file}</a>`);
  });

  it('show a slot while a run is under way', async () => {
    await stage.reports.database.query(
      `UPDATE payout_link_reconciliation_run SET status = 'RUNNING', result = NULL, roll_forward = NULL, as_of = NULL
       WHERE business_date = '2026-11-25'`,
    );
    const [list, page] = [await get('/reports'), await get('/reports/default/2026-11-25/')];
    expect(list.text).toMatch(/2026-11-25 default[^]*?a run is under way/);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('a run is under way')]);
    expect(page.text).toContain('<a href="/reports/default/2026-11-25/failures.csv" download>');
  });

  it('show a slot whose folder is gone, and say so', async () => {
    const { status, text } = await get('/reports/default/2026-11-24/');
    expect([status, text]).toEqual([200, expect.stringContaining('The report set is not on this server')]);
    expect((await get('/reports/default/2026-11-24/failures.csv')).status).toBe(404);
  });

  it('hand out the files as they are on the disk, as attachments', async () => {
    const manifest = JSON.parse((await get('/reports/default/2026-11-26/manifest.json')).text) as {
      files: Record<string, { sha256: string }>;
    };
    for (const [name, { sha256 }] of Object.entries(manifest.files)) {
      const response = await fetch(`${stage.demo.url}/reports/default/2026-11-26/${name}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect([name, createHash('sha256').update(bytes).digest('hex')]).toEqual([name, sha256]);
      expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
      expect(response.headers.get('content-security-policy')).toBe(POLICY);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it("show a statement and its files, but never the provider's own", async () => {
    const page = await get('/reports/default/statements/2026-11-16_2026-11-30/');
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([200, POLICY]);
    expect(page.text).toMatch(/2 payments to act on/);
    expect(page.text).toMatch(/href="\/reports\/default\/statements\/2026-11-01_2026-11-15\/" rel="prev"/);
    expect(page.text).not.toContain('statement-1.csv');
    const file = await get('/reports/default/statements/2026-11-16_2026-11-30/match.html');
    expect([file.status, file.headers.get('content-disposition')]).toEqual([
      200,
      'attachment; filename="match.html"',
    ]);
    expect((await get('/reports/default/statements/2026-11-16_2026-11-30/statement-1.csv')).status).toBe(404);
  });

  describe('give nothing else', () => {
    beforeAll(async () => {
      const { reportsDir } = stage.reports;
      const outside = join(reportsDir, '..', `outside-${process.pid}`);
      await mkdir(join(outside, '2026-11-20'), { recursive: true });
      const manifest = JSON.stringify({ files: { 'failures.csv': { rows: 0, sums: {}, sha256: 'a' } } });
      for (const folder of [join(outside, '2026-11-20'), join(reportsDir, 'default', '2026-11-25')])
        await writeFile(join(folder, 'secret.csv'), 'secret');
      await writeFile(join(outside, '2026-11-20', 'manifest.json'), manifest);
      await writeFile(join(outside, '2026-11-20', 'failures.csv'), 'secret');
      // A folder and a file that lead out of REPORTS_DIR, and one that leads nowhere.
      await stage.link(outside, 'elsewhere');
      await rm(join(reportsDir, 'default', '2026-11-25', 'open-links.csv'));
      await stage.link(
        join(outside, '2026-11-20', 'failures.csv'),
        'default',
        '2026-11-25',
        'open-links.csv',
      );
      await rm(join(reportsDir, 'default', '2026-11-25', 'report.html'));
      await stage.link('/dev/zero', 'default', '2026-11-25', 'report.html');
      await stage.link(join(reportsDir, 'nowhere'), 'default', '2026-11-19');
    });
    afterAll(() => rm(join(stage.reports.reportsDir, '..', `outside-${process.pid}`), { recursive: true }));

    it.each([
      '/reports/elsewhere/2026-11-20/failures.csv',
      '/reports/default/2026-11-25/open-links.csv',
      '/reports/default/2026-11-25/report.html',
      '/reports/default/2026-11-19/failures.csv',
      '/reports/default/2026-11-25/secret.csv',
      '/reports/default/2026-11-25/..%2f..%2fdefault%2f2026-11-26%2ffailures.csv',
      '/reports/default/2026-11-25/..%2ffailures.csv',
      '/reports/default/2026-11-25/%2e%2e/2026-11-26%2f/failures.csv',
      '/reports/default/2026-11-25/../../../etc/passwd',
      '/reports/..%2f..%2f/2026-11-25/failures.csv',
      '/reports/%2e%2e/2026-11-25/failures.csv',
      '/reports/default/..%2fdefault%2f2026-11-26/failures.csv',
      '/reports/default/2026-11-26%00/failures.csv',
      '/reports/default/2026-11-26/failures.csv%00.html',
      '/reports/default/2026-11-26/FAILURES.CSV',
      '/reports/default/2026-11-26/index.html',
      '/reports/default/2026-13-45/',
      '/reports/default/0000-01-01/',
      '/reports/default/2026-11-99/failures.csv',
      '/reports/default/2026-11-26.superseded-1/failures.csv',
      '/reports/default/statements/..%2f2026-11-26/failures.csv',
      '/reports/default/statements/2026-11-16_2026-11-30/..%2fstatement-1.csv',
      '/reports/default/statements/2026-01-01_2026-01-31/',
      '/reports/nothing/2026-11-26/',
      '/reports/default/index.html',
    ])('%s', async (path) => {
      expect(await rawStatus(stage.demo.url, path)).toBe(404);
    });
  });

  it('show what names and reasons say as text', async () => {
    await stage.reports.database.query(
      `UPDATE payout_link_reconciliation_run SET result = jsonb_set(jsonb_set(jsonb_set(result::jsonb,
         '{coverage,unreachableLinks}', '["<script>alert(1)</script>"]'), '{coverage,reasons}', '{"<b>": 1}'),
         '{coverage,unreachable}', '1')::json WHERE business_date = '2026-11-27'`,
    );
    const { text } = await get('/reports/default/2026-11-27/');
    expect(text).toMatch(/1 link had[^]*&lt;b&gt; 1[^]*&lt;script&gt;/);
    expect(text).not.toContain('<script>');
  });

  it('leave out deliveries to targets that were removed', async () => {
    const only = await stage.again({
      REPORT_DELIVERY:
        '[{"type":"webhook","name":"finance","url":"https://example.com","secret":"c2VjcmV0"}]',
    });
    try {
      const { text } = await only.get('/reports/default/2026-11-26/');
      expect(text).toContain('finance');
      expect(text).not.toContain('chat');
      expect((await only.get('/reports')).text).not.toContain('undelivered');
    } finally {
      await only.close();
    }
  });

  it('need the key', async () => {
    const closed = await ReportsStage.open({ DEMO_API_KEY: 'a-key' });
    try {
      await closed.finish('2026-11-26');
      for (const path of [
        '/reports',
        '/reports/default/2026-11-26/',
        '/reports/default/2026-11-26/failures.csv',
      ]) {
        const [stranger, known] = await Promise.all([
          fetch(closed.demo.url + path),
          fetch(closed.demo.url + path, {
            headers: { authorization: `Basic ${Buffer.from('any:a-key').toString('base64')}` },
          }),
        ]);
        expect([path, stranger.status, known.status]).toEqual([path, 401, 200]);
      }
    } finally {
      await closed.close();
    }
  });

  it('are empty before a reconciler has used the database', async () => {
    const without = await DemoStage.open();
    try {
      expect((await without.demo.get('/reports')).text).toContain('No report yet');
      expect((await without.demo.get('/reports/default/2026-11-26/')).status).toBe(404);
    } finally {
      await without.close();
    }
  });

  it('leave the files as they are', async () => {
    const before = await readFile(
      join(stage.reports.reportsDir, 'default', '2026-11-26', 'manifest.json'),
      'utf8',
    );
    expect((await get('/reports/default/2026-11-26/manifest.json')).text).toBe(before);
  });
});
