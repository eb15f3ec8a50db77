import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoStage } from './demo.stage.js';

describe('GET /balance', () => {
  let stage: DemoStage;
  beforeAll(async () => {
    stage = await DemoStage.open();
  });
  afterAll(() => stage.close());

  it('is what the provider has for the account, less what its links reserve', async () => {
    await stage.demo.create({ amount: 250_000 });
    const { status, body } = await stage.demo.get('/balance');
    expect([status, body]).toEqual([
      200,
      {
        account: 'default',
        available: 9_999_750_000,
        currency: 'IDR',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    ]);
    expect((await stage.demo.get('/balance?account=default')).body).toMatchObject({ account: 'default' });
  });

  it.each(['none', '', '%00', 'a&account=b'])('is not found for the account %s', async (account) => {
    const { status, body } = await stage.demo.get(`/balance?account=${account}`);
    expect([status, body]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
  });
});
