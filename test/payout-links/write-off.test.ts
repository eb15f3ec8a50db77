import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IMPATIENT, LibraryStage } from './library.stage.js';

describe('writing a failure off', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  const failed = async (externalId: string, accountNumber = '999999') => {
    const link = await stage.create(externalId);
    await stage.claim(link, accountNumber);
    return stage.service.refresh(link.id);
  };
  const refused = { code: 'WRITE_OFF_REFUSED' };

  it('keeps its state and history, and lets it be sent again by force only', async () => {
    const link = await failed('order');
    const history = await stage.service.history(link.id);
    expect(await stage.service.writeOff(link.id, { reason: 'paid in cash' })).toMatchObject({
      status: 'FAILED',
      version: link.version,
    });
    expect(await stage.service.history(link.id)).toEqual(history);
    expect(await stage.service.reissueRefusal(link.id)).toContain('written off');
    await expect(stage.service.reissue(link.id, { reason: 'again' })).rejects.toMatchObject({
      code: 'REISSUE_REFUSED',
      message: expect.stringContaining('written off'),
    });
    expect(await stage.payouts()).toHaveLength(1);
    expect(await stage.service.reissue(link.id, { reason: 'not paid after all', force: true })).toMatchObject(
      {
        externalId: 'order-r1',
        status: 'PENDING',
      },
    );
  });

  it('by many at once is done once', async () => {
    const link = await failed('order');
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => stage.service.writeOff(link.id, { reason: `by ${index}` })),
    );
    expect(await stage.count('payout_link_write_off')).toBe(1);
  });

  it('and sending it again at the same moment never both happen', async () => {
    for (let round = 0; round < 8; round += 1) {
      const link = await failed(`order-${round}`);
      const [written, sent] = await Promise.allSettled([
        stage.service.writeOff(link.id, { reason: 'off' }),
        stage.service.reissue(link.id, { reason: 'again' }),
      ]);
      expect([written.status, sent.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    }
  });

  it('is refused for a link that has not failed, or was replaced', async () => {
    const waiting = await stage.create('waiting');
    await expect(stage.service.writeOff(waiting.id, { reason: 'off' })).rejects.toMatchObject(refused);
    const link = await failed('replaced');
    await stage.service.reissue(link.id, { reason: 'again' });
    await expect(stage.service.writeOff(link.id, { reason: 'off' })).rejects.toMatchObject(refused);
    await expect(stage.service.writeOff(link.id, { reason: '' })).rejects.toMatchObject({
      code: 'INVALID_PAYOUT_LINK',
    });
  });

  it('keeps a rejected create from being sent by the same call again', async () => {
    stage.proxy.respondTo = () =>
      Promise.resolve({
        status: 400,
        headers: {},
        body: '{"error_code":"INSUFFICIENT_BALANCE","message":"no"}',
      });
    await expect(stage.create('order')).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    const link = await stage.service.getByExternalId('order');
    await stage.service.writeOff(link.id, { reason: 'off' });
    stage.proxy.respondTo = (_, forward) => forward();
    await expect(stage.create('order')).rejects.toMatchObject({
      code: 'DUPLICATE_PAYOUT',
      message: expect.stringContaining('written off'),
    });
    expect(await stage.payouts()).toEqual([]);
    expect(await stage.service.get(link.id)).toMatchObject({ status: 'REJECTED' });
  });

  it('is about that failure: one that comes after a success is a new one', async () => {
    const link = await failed('order');
    await stage.service.writeOff(link.id, { reason: 'off' });
    const say = (status: string) => {
      stage.proxy.respondTo = async (_, forward) => {
        const response = await forward();
        const body = {
          ...(JSON.parse(response.body) as object),
          status,
          failure_reason: 'REJECTED_BY_CHANNEL',
        };
        return { ...response, body: JSON.stringify(body) };
      };
    };
    for (const status of ['SUCCEEDED', 'FAILED']) {
      say(status);
      expect(await stage.service.refresh(link.id)).toMatchObject({ status });
    }
    expect(await stage.service.reissueRefusal(link.id)).toBeNull();
  });
});
