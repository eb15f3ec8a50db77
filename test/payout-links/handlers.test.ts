import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, Scope } from '@nestjs/common';
import {
  OnPayoutLink,
  PAYOUT_LINKS_MIGRATIONS,
  type PayoutLinkEvent,
  type PayoutLinksOptions,
} from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { until } from '../support/until.js';

const calls: string[] = [];
const say = (handler: string, { link, from, to }: PayoutLinkEvent) =>
  calls.push(`${handler} ${link.externalId} ${from} → ${to}`);

@Injectable()
class Ledger {
  @OnPayoutLink('*')
  everything(event: PayoutLinkEvent): void {
    say('everything', event);
  }

  @OnPayoutLink('succeeded', 'failed')
  settled(event: PayoutLinkEvent): void {
    say('settled', event);
  }
}

@Injectable()
class Flaky {
  static failures = 0;

  @OnPayoutLink('failed')
  mail(event: PayoutLinkEvent): void {
    if (Flaky.failures > 0) {
      Flaky.failures -= 1;
      throw new Error('no mail to siti.rahayu@example.com today');
    }
    say('mail', event);
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @OnPayoutLink('*')
  handle(): void {
    calls.push('never');
  }
}

describe('a handler of payout links', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let caller: SandboxCaller;
  const hosts: Host[] = [];

  beforeEach(async () => {
    calls.length = 0;
    Flaky.failures = 0;
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    sandbox = await startSandbox();
    caller = new SandboxCaller(sandbox);
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
    await sandbox.close();
    await database.drop();
  });

  const start = async (
    providers: Parameters<typeof startHost>[0]['providers'],
    options?: Partial<PayoutLinksOptions>,
  ): Promise<Host> => {
    const host = await startHost({ databaseUrl: database.url, sandbox, providers, options });
    hosts.push(host);
    await caller.control('webhooks', { url: host.webhookUrl });
    return host;
  };
  const create = (host: Host, externalId: string) =>
    host.service.create({ externalId, amount: 50_000, email: 'siti@example.com' });
  const claim = async (host: Host, externalId: string, accountNumber?: string) => {
    const link = await create(host, externalId);
    await caller.claim(link.providerId!, accountNumber);
    await host.service.refresh(link.id);
    return link;
  };
  const waiting = () => database.query('SELECT * FROM payout_link_outbox');

  it('is called for every change that it names, in order, once each', async () => {
    const host = await start([Ledger]);
    const link = await claim(host, 'order-1');
    await until('the end', async () => (await host.service.refresh(link.id)).status === 'SUCCEEDED');
    await until('all calls', async () => (await waiting()).length === 0);
    const everything = calls.filter((line) => line.startsWith('everything'));
    expect(everything[0]).toBe('everything order-1 null → CREATING');
    expect(everything.at(-1)).toMatch(/→ SUCCEEDED$/);
    const steps = everything.map((line) => line.split(' ').slice(2).join(' '));
    for (const [index, step] of steps.entries()) {
      if (index > 0) expect(step.split(' → ')[0]).toBe(steps[index - 1]!.split(' → ')[1]);
    }
    expect(calls.filter((line) => line.startsWith('settled'))).toEqual([
      expect.stringMatching(/^settled order-1 \w+ → SUCCEEDED$/),
    ]);
  });

  it('delays no other when it fails, is retried, and is called again by redrive after it became a dead letter', async () => {
    Flaky.failures = 1;
    const host = await start([Ledger, Flaky]);
    const link = await claim(host, 'order-2', '121212');
    await until('the call of the healthy one', () =>
      calls.some((line) => line.startsWith('settled') && line.endsWith('FAILED')),
    );
    await until('the second attempt', () => calls.some((line) => line.startsWith('mail')));

    Flaky.failures = 100;
    calls.length = 0;
    const other = await claim(host, 'order-3', '121212');
    await until('a failed attempt', async () => {
      const failed = await database.query(
        `UPDATE payout_link_outbox SET attempts = 7, next_attempt_at = clock_timestamp()
         WHERE handler = 'Flaky.mail' AND last_error IS NOT NULL RETURNING id`,
      );
      return failed.length > 0;
    });
    const [dead] = await until('a dead letter', async () => {
      const letters = await host.service.deadLetters();
      return letters.length > 0 && letters;
    });
    expect(dead).toMatchObject({ handler: 'Flaky.mail', payoutLinkId: other.id, attempts: 8 });
    expect(dead!.lastError).not.toContain('siti.rahayu@');

    Flaky.failures = 0;
    expect(await host.service.redrive('Other.method')).toBe(0);
    expect(await host.service.redrive('Flaky.mail')).toBe(1);
    await until('redriven', () => calls.some((line) => line.startsWith('mail order-3')));
    expect(await host.service.deadLetters()).toEqual([]);
    expect(link.id).not.toBe(other.id);
  });

  it('is called for changes that another process recorded while its own was down, and for none before it existed', async () => {
    const plain = await start([]);
    await create(plain, 'before');
    const first = await start([Ledger]);
    await until('its first words', async () => {
      await create(first, `hello-${calls.length}`);
      return calls.length > 0;
    });
    await first.close();
    hosts.splice(hosts.indexOf(first), 1);
    calls.length = 0;
    const link = await claim(plain, 'meanwhile', '121212');
    await until('the end', async () => (await plain.service.refresh(link.id)).status === 'FAILED');
    expect(calls).toEqual([]);
    await start([Ledger]);
    await until('what happened meanwhile', () => calls.some((line) => line.startsWith('settled meanwhile')));
    expect(calls.join()).not.toContain('before');
  });

  it('is called by one of several instances', async () => {
    const [one] = await Promise.all([start([Ledger]), start([Ledger]), start([Ledger])]);
    await Promise.all(Array.from({ length: 30 }, (_, index) => create(one, `many-${index}`)));
    await until('all calls', async () => (await waiting()).length === 0);
    expect(new Set(calls).size).toBe(calls.length);
    expect(calls).toHaveLength(60);
  });

  it('keeps the application from starting when it could not be called', async () => {
    await expect(start([PerRequest])).rejects.toMatchObject({ code: 'BAD_PAYOUT_LINK_HANDLER' });
    await expect(start([Ledger], { webhookTokens: [] })).rejects.toThrow('needs webhookTokens');
  });
});
