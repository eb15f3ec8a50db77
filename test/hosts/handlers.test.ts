import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Module, Scope } from '@nestjs/common';
import { OnPayoutLink, type PayoutLinkEvent } from 'nestjs-payout-links';
import { PayoutLinksDatabase } from '../../libs/payout-links/src/database/payout-links.database.js';
import { OutboxRepository } from '../../libs/payout-links/src/handlers/outbox.repository.js';
import { until } from '../support/until.js';
import { HostStage, payoutFor, type OrdinaryHost, type Peculiarities } from './ordinary-host.js';

const called: string[] = [];
const handle = (handler: string) => void called.push(handler);

@Injectable()
class ByClass {
  @OnPayoutLink('failed')
  handle(): void {
    handle('ByClass');
  }
}

/** Not decorated and created by the host: it has no metadata of Nest. */
class ByFactory {
  constructor(private readonly name: string) {}

  @OnPayoutLink('failed')
  async handle(): Promise<void> {
    await Promise.resolve();
    handle(this.name);
  }
}

class ByValue {
  @OnPayoutLink('failed')
  handle(): void {
    handle('ByValue');
  }
}

abstract class Base {
  @OnPayoutLink('failed')
  inherited(): void {
    handle(this.constructor.name);
  }
}

@Injectable()
class FirstHeir extends Base {}

@Injectable()
class SecondHeir extends Base {}

@Controller('refunds')
class RefundsController {
  @OnPayoutLink('failed')
  handle(): void {
    handle('RefundsController');
  }
}

@Injectable()
class Several {
  @OnPayoutLink('failed')
  one(): void {
    handle('Several.one');
  }

  @OnPayoutLink('failed')
  @OnPayoutLink({ events: ['requested', 'failed'], name: 'mail' })
  two({ to }: PayoutLinkEvent): void {
    handle(`Several.two ${to}`);
  }
}

@Injectable()
class ab {
  @OnPayoutLink('failed')
  handle(): void {
    handle('ab');
  }

  @OnPayoutLink({ events: 'failed', name: 'ledger' })
  named(): void {
    handle('ab');
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @OnPayoutLink('failed')
  handle(): void {
    handle('never');
  }
}

describe('handlers of a host', () => {
  let stage: HostStage;
  beforeEach(async () => {
    called.length = 0;
    stage = await HostStage.open();
  });
  afterEach(() => stage.close());

  const fail = async ({ service }: OrdinaryHost, externalId: string) => {
    const link = await service.create(payoutFor(externalId));
    await stage.claim(link.providerId, '999999');
    return service.refresh(link.id);
  };
  const allDone = () =>
    until('every task is done', async () => {
      const tasks = await stage.database.query('SELECT 1 FROM payout_link_outbox');
      return tasks.length === 0;
    });

  it('are called however they are provided, once each', async () => {
    @Module({ providers: [FirstHeir, SecondHeir] })
    class FeatureModule {}
    const host = await stage.start({
      imports: [FeatureModule],
      controllers: [RefundsController],
      providers: [
        ByClass,
        { provide: 'factory', useFactory: () => Promise.resolve(new ByFactory('ByFactory')) },
        { provide: 'value', useValue: new ByValue() },
        { provide: 'same value', useExisting: 'value' },
        { provide: 'alias', useExisting: ByClass },
        { provide: 'plain', useValue: { not: 'a class' } },
        { provide: 'nothing', useValue: null },
        Several,
      ],
    });
    await fail(host, 'order-1');
    await until('all were called', () => called.length >= 9);
    await allDone();
    expect(called.toSorted()).toEqual([
      'ByClass',
      'ByFactory',
      'ByValue',
      'FirstHeir',
      'RefundsController',
      'SecondHeir',
      'Several.one',
      'Several.two FAILED',
      'Several.two FAILED',
    ]);
    const [line] = host.log.filter((text) => text.includes('handlers of payout links'));
    expect(line).toContain('mail (requested, failed)');
    for (const name of [
      'ByClass.handle',
      'ByFactory.handle',
      'ByValue.handle',
      'FirstHeir.inherited',
      'Several.two',
    ])
      expect(line).toContain(`${name} (failed)`);
  });

  it('are reported where a minifier has renamed their class and no name is given', async () => {
    const host = await stage.start({ providers: [ab] });
    const warnings = host.log.filter((text) => text.startsWith('warn'));
    expect(warnings).toEqual([
      expect.stringContaining('the handler ab.handle is named after a minified class'),
    ]);
  });

  it('are said to be none where there are none', async () => {
    const { log } = await stage.start();
    expect(log.filter((text) => text.includes('handlers of'))).toEqual([
      'log handlers of payout links: none',
    ]);
  });

  it.each<[string, Peculiarities, RegExp]>([
    ['request-scoped', { providers: [PerRequest] }, /PerRequest.handle .* must not be request-scoped/],
    [
      'of one name',
      { providers: [ByClass, { provide: 'another', useFactory: () => new ByClass() }] },
      /two handlers of payout links are called ByClass.handle: give one of them another name/,
    ],
    [
      'there although no webhook can be received',
      { providers: [ByClass], options: { webhookTokens: [] } },
      /needs webhookTokens/,
    ],
  ])('keep the application from starting when they are %s', async (_, peculiarities, message) => {
    await expect(stage.start(peculiarities)).rejects.toMatchObject({
      code: 'BAD_PAYOUT_LINK_HANDLER',
      message: expect.stringMatching(message),
    });
  });

  it('need no token in a process that receives no webhooks', async () => {
    const host = await stage.start({
      providers: [ByClass],
      options: { webhookTokens: [], webhook: { receive: false } },
    });
    await fail(host, 'order-2');
    await until('it was called', () => called.length > 0);
  });

  it('cannot be settled by a process that has lost its lease', async () => {
    const host = await stage.start({ providers: [ByClass] });
    await host.close();
    const recorder = await stage.start();
    await fail(recorder, 'order-3');
    const outbox = new OutboxRepository(recorder.app.get(PayoutLinksDatabase, { strict: false }));
    const rows = () => stage.database.query('SELECT * FROM payout_link_outbox');

    const [paused] = await outbox.take('ByClass.handle', 1);
    await stage.database.query('UPDATE payout_link_outbox SET next_attempt_at = clock_timestamp()');
    const [running] = await outbox.take('ByClass.handle', 1);
    expect(running!.id).toBe(paused!.id);
    const held = await rows();
    await outbox.done(paused!);
    await outbox.renew(paused!);
    await outbox.retry(paused!, 'too late', 1_000);
    await outbox.retry(paused!, 'too late', null);
    expect(await rows()).toEqual(held);

    // Redriven, it gets all attempts again, and a new lease.
    await outbox.retry(running!, 'broken', null);
    await outbox.redrive('ByClass.handle');
    const redriven = await rows();
    await outbox.done(running!);
    await outbox.done({ ...paused!, attempts: 1 });
    expect(await rows()).toEqual(redriven);
    const [again] = await outbox.take('ByClass.handle', 1);
    await outbox.done(again!);
    expect(await rows()).toEqual([]);
  });
});
