import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import { HostStage, payoutFor, type OrdinaryHost, type Peculiarities } from './ordinary-host.js';
import { until } from '../support/until.js';

const use = (middleware: unknown) => (app: INestApplication) => void app.use(middleware);

/** How hosts treat bodies before a controller sees them. */
const HOSTS: [string, () => Peculiarities][] = [
  ['parses JSON, as Nest does', () => ({})],
  ['keeps the raw body too', () => ({ create: { rawBody: true } })],
  [
    'hands bodies over as Buffers',
    () => ({ create: { bodyParser: false }, configure: use(express.raw({ type: '*/*' })) }),
  ],
  [
    'hands bodies over as text',
    () => ({ create: { bodyParser: false }, configure: use(express.text({ type: '*/*' })) }),
  ],
  ['leaves bodies unread', () => ({ create: { bodyParser: false } })],
  ['runs on Fastify', () => ({ adapter: new FastifyAdapter() })],
  [
    'hands bodies over as Buffers on Fastify',
    () => {
      const adapter = new FastifyAdapter();
      adapter
        .getInstance()
        .addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
      return { adapter, create: { bodyParser: false } };
    },
  ],
];

describe.each(HOSTS)('a host that %s', (_, peculiarities) => {
  let stage: HostStage;
  let host: OrdinaryHost;
  beforeAll(async () => {
    stage = await HostStage.open();
    host = await stage.start(peculiarities());
  });
  afterAll(() => stage.close());

  const bodies = () =>
    stage.database.query<{ body: unknown }>('SELECT body FROM payout_link_delivery ORDER BY id');

  it('stores deliveries as the provider sent them, and matches them', async () => {
    const link = await host.service.create(payoutFor('order-1'));
    await stage.claim(link.providerId);
    await until('it is paid', async () => (await host.service.get(link.id)).status === 'SUCCEEDED');
    const [delivery] = await bodies();
    expect(delivery!.body).toMatchObject({
      event: 'disbursement.completed',
      data: { reference_id: 'order-1' },
    });
    expect(await host.service.deliveries('PROCESSED')).toHaveLength(1);
  });

  it('refuses what is no JSON object with 400 and a log line, and stores nothing', async () => {
    const stored = (await bodies()).length;
    for (const body of ['{"event":', '[]', '7', '"text"', '\u{1F4B8}'])
      expect([body, (await stage.deliver(host, body)).status]).toEqual([body, 400]);
    expect(await bodies()).toHaveLength(stored);
    // Nest's own parsers refuse broken JSON before the module sees it; the rest is logged.
    expect(host.log.join('\n')).toMatch(
      /warn a webhook delivery was refused with 400: its body is no JSON object/,
    );
  });

  it('refuses a wrong token with 401 before it reads the body', async () => {
    for (const body of ['{"event":', '{}', 'x'.repeat(200_000)])
      expect((await stage.deliver(host, body, 'wrong')).status).toBe(401);
    const refusals = host.log.filter((line) => line.includes('refused with 401'));
    expect(refusals).toEqual([
      expect.stringMatching(/^warn .*x-callback-token is wrong\. If the provider sent it/),
    ]);
    expect(refusals[0]).not.toContain(stage.sandbox.webhookToken);
  });
});
