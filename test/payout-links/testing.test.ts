import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendWebhook, signWebhook } from 'nestjs-payout-links/testing';
import { LibraryStage } from './library.stage.js';

const BODY = { event: 'disbursement.completed', data: { id: 'not-ours' } };

describe('the testing kit of hosts', () => {
  let stage: LibraryStage;
  let kept: () => Promise<number>;
  let token: string;
  beforeAll(async () => {
    stage = await LibraryStage.open();
    token = stage.sandbox.webhookToken;
    kept = () => stage.count('payout_link_delivery');
  });
  afterAll(() => stage.close());

  it('sends a webhook that the module takes and keeps', async () => {
    const before = await kept();
    expect(await sendWebhook(stage.host.webhookUrl, BODY, { token })).toEqual({
      status: 200,
      body: { received: true },
    });
    expect(await kept()).toBe(before + 1);
  });

  it('sends the same delivery again with the same body, and another one with another id', async () => {
    const again = { ...BODY, again: true };
    const before = await kept();
    for (const webhookId of [undefined, undefined, 'w-1', 'w-1', 'w-2']) {
      await sendWebhook(stage.host.webhookUrl, again, { token, webhookId });
    }
    expect(await kept()).toBe(before + 3);
  });

  it('returns refusals as responses: of a wrong token, and of a body that is not an object', async () => {
    const refused = await sendWebhook(stage.host.webhookUrl, BODY, { token: 'another' });
    expect(refused).toMatchObject({ status: 401, body: { statusCode: 401 } });
    const unreadable = await sendWebhook(stage.host.webhookUrl, 'not JSON', { token });
    expect(unreadable).toMatchObject({ status: 400 });
  });

  it('returns a response that is not JSON as text', async () => {
    const response = await sendWebhook(`${stage.sandbox.url}/web/unknown`, BODY, { token });
    expect(response.body).toEqual(expect.any(String));
  });

  it('signs a body for clients of the host’s own', async () => {
    const headers = signWebhook(BODY, { token, webhookId: 'w-3' });
    expect(headers).toEqual({
      'content-type': 'application/json',
      'x-callback-token': token,
      'webhook-id': 'w-3',
    });
    const response = await fetch(stage.host.webhookUrl, {
      method: 'POST',
      headers,
      body: JSON.stringify(BODY),
    });
    expect(response.status).toBe(200);
  });
});
