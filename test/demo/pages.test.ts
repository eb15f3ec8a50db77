import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { DemoStage } from './demo.stage.js';

const ROWS = /href="\/links\//g;

describe('the operations page', () => {
  let stage: DemoStage;
  beforeAll(async () => {
    stage = await DemoStage.open();
  });
  afterAll(() => stage.close());

  it('says so when there is nothing yet', async () => {
    const { status, headers, text } = await stage.demo.get('/');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('No payout links yet');
  });

  it('shows counts and sums by status, and each link with its amount in rupiah', async () => {
    const { id, externalId } = await stage.demo.create({ email: 'ani@example.com' });
    await stage.demo.create({ amount: 20_000 });
    const { text } = await stage.demo.get('/');
    expect(text).toContain('2 payout links, <span class="money">Rp 1.520.000</span> in all');
    expect(text).toContain(`<a href="/links/${id}">${externalId}</a>`);
    expect(text).toMatch(/<td [^>]*class="money">\s*<div>\s*Rp 1\.500\.000\s*<\/div>/);
    expect(text).toMatch(/<td [^>]*>\s*<div>\s*ani@example\.com\s*<\/div>/);
  });

  it('finds by a part, by status, and shows the next page', async () => {
    const prefix = 'many';
    for (let index = 0; index < 51; index += 1) await stage.demo.create({ externalId: `${prefix}-${index}` });
    const first = await stage.demo.get(`/?q=${prefix}&status=PENDING`);
    expect(first.text.match(ROWS)).toHaveLength(50);
    const next = /href="([^"]+)" rel="next"/.exec(first.text)![1]!.replaceAll('&amp;', '&');
    const second = await stage.demo.get(next);
    expect(second.text.match(ROWS)).toHaveLength(1);
    expect(second.text).toContain(`${prefix}-0`);
    expect(second.text).not.toContain('rel="next"');
    expect((await stage.demo.get(`/?q=${prefix}&status=FAILED`)).text).toContain('No payout link matches');
  });

  it('takes the empty fields of its form, and refuses what is no status', async () => {
    expect((await stage.demo.get('/?q=&status=')).status).toBe(200);
    expect((await stage.demo.get('/?q=&status=DONE')).status).toBe(400);
  });

  it('shows text as text, wherever it comes from', async () => {
    const attack = '"><img src=x onerror=alert(1)>';
    const { id } = await stage.demo.create({ externalId: attack, email: `"<u>x"@example.com` });
    for (const path of ['/', `/?q=${encodeURIComponent(attack)}`, `/links/${id}`]) {
      const { status, text } = await stage.demo.get(path);
      expect(status).toBe(200);
      expect(text).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;');
      expect(text).not.toContain('<img');
      expect(text).not.toContain('<u>');
    }
  });

  it('shows a link with its history and the advice on its failure', async () => {
    const link = await stage.claimed('123456', 'FAILED');
    const { status, text } = await stage.demo.get(`/links/${link.id}`);
    expect(status).toBe(200);
    for (const part of [
      link.externalId,
      link.email,
      'Rp 1.500.000',
      'TEMPORARY_TRANSFER_ERROR',
      'RETRY_LATER',
      'NOBODY',
      'The bank network had a temporary error. Retry after 1 to 3 hours.',
      'Not before',
      'CREATING',
      '· WEBHOOK',
      'The provider’s response',
    ])
      expect(text).toContain(part);
  });

  it('responds with 404 for an unknown link', async () => {
    const { status, body } = await stage.demo.get('/links/x');
    expect([status, body.error.code]).toEqual([404, 'PAYOUT_LINK_NOT_FOUND']);
  });

  it('needs no script, and its policy allows its style sheet and nothing else', async () => {
    const { text, headers } = await stage.demo.get('/');
    const [, style] = /<style>([^]*)<\/style>/.exec(text)!;
    const hash = createHash('sha256').update(style!).digest('base64');
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    expect(policy).not.toContain('script-src');
    expect(text).not.toMatch(/<script|style="|https?:\/\//);
  });
});
