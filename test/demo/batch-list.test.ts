import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoStage } from './demo.stage.js';
import { PageCaller } from './page.caller.js';

const BATCH = 'a'.repeat(64);

describe('the list of one batch', () => {
  let stage: DemoStage;
  let pages: PageCaller;
  beforeAll(async () => {
    stage = await DemoStage.open();
    pages = new PageCaller(stage.demo);
    for (const [externalId, amount, batchId] of [
      ['first', 50_000, BATCH],
      ['second', 60_000, BATCH],
      ['other', 70_000, 'another'],
      ['none', 80_000, undefined],
    ]) {
      const body = stage.demo.fields({ externalId, amount, ...(batchId && { metadata: { batchId } }) });
      await stage.demo.post('/payout-links', body);
    }
  });
  afterAll(() => stage.close());

  it('has its links and their totals alone, and keeps the filter', async () => {
    const { text } = await pages.open(`/?batchId=${BATCH}`);
    expect(text).toContain('All of the batch aaaaaaaaaaaa… · newest first');
    expect(text).toContain('first</a>');
    expect(text).toContain('second</a>');
    expect(text).not.toMatch(/other<|none</);
    expect(text).toContain('2 payout links');
    expect(text).toContain('Rp 110.000');
    expect(text).toContain(`<input type="hidden" name="batchId" value="${BATCH}" />`);
    expect(text).toContain(`href="/?batchId=${BATCH}&amp;status=PENDING"`);
    expect((await pages.open(`/?batchId=${BATCH}&q=first`)).text).not.toContain('second</a>');
    expect((await pages.open('/?batchId=nothing')).text).toContain('No payout link matches');
  });

  it('is linked from each of its links', async () => {
    const { text } = await pages.open(`/?batchId=${BATCH}`);
    const [address] = /\/links\/[\w-]+/.exec(text)!;
    expect((await pages.open(address)).text).toContain(`<a href="/?batchId=${BATCH}">`);
  });

  it('is a filter of the page, not of the API', async () => {
    expect((await stage.demo.get(`/payout-links?batchId=${BATCH}`)).status).toBe(400);
  });
});
