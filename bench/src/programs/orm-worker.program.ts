import { PayoutLink, PayoutLinkDelivery, PayoutLinkTransition } from 'nestjs-payout-links';
import { serveCommands, settings } from './commands.js';
import { writableDataSource } from './orm.js';
import { atATime } from './at-a-time.js';

const { databaseUrl, poolSize } = settings() as { databaseUrl: string; poolSize: number };
const dataSource = await writableDataSource(databaseUrl, poolSize);

serveCommands({
  /** Processes every delivery as usual: find, lock, change, save. @returns seconds */
  work: async (atOnce: number) => {
    const due = await dataSource.getRepository(PayoutLinkDelivery).find({
      select: { id: true },
      where: { status: 'RECEIVED' },
      order: { nextAttemptAt: 'ASC' },
    });
    return atATime(atOnce, due.length, (index) => workOn(due[index]!.id));
  },
});

async function workOn(deliveryId: string): Promise<void> {
  await dataSource.transaction(async (manager) => {
    const deliveries = manager.getRepository(PayoutLinkDelivery);
    const links = manager.getRepository(PayoutLink);
    const changes = manager.getRepository(PayoutLinkTransition);
    const lock = { mode: 'pessimistic_write' } as const;
    const delivery = await deliveries.findOneOrFail({ where: { id: deliveryId }, lock });
    const { account, body } = delivery;
    const { reference_id: externalId } = (body as { data: { reference_id: string } }).data;
    const link = await links.findOneOrFail({ where: { account, externalId }, lock });
    const at = new Date();
    const paid = await links.save(
      links.merge(link, {
        status: 'SUCCEEDED',
        providerStatus: 'SUCCEEDED',
        version: link.version + 1,
        statusAt: at,
        updatedAt: at,
      }),
    );
    await changes.save(
      changes.create({
        payoutLinkId: paid.id,
        account,
        seq: paid.version,
        from: 'PENDING',
        to: 'SUCCEEDED',
        source: 'WEBHOOK',
        providerStatus: 'SUCCEEDED',
        effectiveAt: at,
        recordedAt: at,
        raw: body,
      }),
    );
    await deliveries.save(
      deliveries.merge(delivery, { status: 'PROCESSED', payoutLinkId: paid.id, processedAt: at }),
    );
  });
}
