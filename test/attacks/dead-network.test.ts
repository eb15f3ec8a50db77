import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TolerantClient } from 'app-runtime';
import { DataSource } from 'typeorm';
import { AccountLock } from '../../apps/reconciler/src/slot/account.lock.js';
import { HostStage, payoutFor } from '../hosts/ordinary-host.js';

/**
 * Packets that are dropped without a word end no connection. Only probes of the operating system notice it; without them
 * a program waits for its result for ever.
 */
describe('a dead network between a program and its database', () => {
  let stage: HostStage;
  let probed: jest.SpiedFunction<Socket['setKeepAlive']>;
  beforeEach(async () => {
    stage = await HostStage.open();
    probed = jest.spyOn(Socket.prototype, 'setKeepAlive');
  });
  afterEach(async () => {
    probed.mockRestore();
    await stage.close();
  });

  const delays = () => probed.mock.calls.map(([, delay]) => delay);

  it('is noticed on the library’s connections within half a minute, or when the host says', async () => {
    const { service } = await stage.start();
    await service.create(payoutFor('order-1'));
    expect(delays()).toContain(20_000);
    probed.mockClear();
    const other = await stage.start({ dataSource: { extra: { keepAliveInitialDelayMillis: 5_000 } } });
    await other.service.create(payoutFor('order-2'));
    expect(delays()).toContain(5_000);
    expect(delays()).not.toContain(20_000);
  });

  it('is noticed on the connections of the programs within half a minute', async () => {
    for (const config of [stage.database.url, { connectionString: stage.database.url }]) {
      probed.mockClear();
      const client = new TolerantClient(config);
      await client.connect();
      expect(delays()).toEqual([20_000]);
      await client.end();
    }
  });

  it('frees the lock of an account within a minute: the database probes too', async () => {
    const dataSource = new DataSource({ type: 'postgres', url: stage.database.url, extra: { max: 1 } });
    await dataSource.initialize();
    await new AccountLock(dataSource).hold('default', () => Promise.resolve(), jest.fn());
    const [settings] = await dataSource.query<unknown[]>(
      `SELECT current_setting('tcp_keepalives_idle')::int + current_setting('tcp_keepalives_interval')::int
         * current_setting('tcp_keepalives_count')::int AS seconds`,
    );
    expect(settings).toEqual({ seconds: 60 });
    await dataSource.destroy();
  });
});
