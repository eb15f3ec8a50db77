import { randomUUID } from 'node:crypto';
import { DEFAULT_ACCOUNT, PayoutLink, PayoutLinkTransition } from 'nestjs-payout-links';
import type { EntityManager } from 'typeorm';
import { serveCommands, settings } from './commands.js';
import { writableDataSource } from './orm.js';
import { requireSame, type Created } from './created.js';
import { creates } from './creates.js';
import { callsTo } from './provider.js';

const { databaseUrl, poolSize, providerUrl, apiKey } = settings() as {
  databaseUrl: string;
  poolSize: number;
  providerUrl: string;
  apiKey: string;
};
const dataSource = await writableDataSource(databaseUrl, poolSize);
const provider = callsTo(providerUrl, apiKey);

serveCommands({ create: creates(create) });

/** The usual service: find and save, with link and history in a transaction on each side of the call. */
async function create(externalId: string, amount: number, email: string): Promise<void> {
  const id = randomUUID();
  const now = new Date();
  const link = await dataSource.transaction(async (manager) => {
    const links = manager.getRepository(PayoutLink);
    if (await links.findOneBy({ account: DEFAULT_ACCOUNT, externalId }))
      throw new Error(`${externalId} exists`);
    const stored = await links.save(
      links.create({
        id,
        account: DEFAULT_ACCOUNT,
        externalId,
        amount: BigInt(amount),
        currency: 'IDR',
        email,
        status: 'CREATING',
        version: 1,
        statusAt: now,
        leaseFence: 1,
        leaseExpiresAt: new Date(now.getTime() + 60_000),
        polls: 0,
        chainId: id,
        attempt: 1,
        createdAt: now,
        updatedAt: now,
      }),
    );
    await saveChange(manager, stored, null, null);
    return stored;
  });
  const { data } = await provider.post<Created>(
    '/payouts',
    { external_id: externalId, amount, email },
    { headers: { 'X-IDEMPOTENCY-KEY': id } },
  );
  requireSame(data, externalId, amount);
  await dataSource.transaction(async (manager) => {
    const links = manager.getRepository(PayoutLink);
    const current = await links.findOneOrFail({
      where: { id: link.id },
      lock: { mode: 'pessimistic_write' },
    });
    const at = new Date();
    const changed = await links.save(
      links.merge(current, {
        status: 'PENDING',
        version: 2,
        statusAt: at,
        updatedAt: at,
        providerId: data.id,
        providerStatus: data.status,
        payoutUrl: data.payout_url,
        expiresAt: new Date(data.expiration_timestamp),
        providerCreatedAt: new Date(data.created),
        leaseExpiresAt: null,
        lastReadAt: at,
        nextPollAt: at,
      }),
    );
    await saveChange(manager, changed, 'CREATING', data);
  });
}

async function saveChange(
  manager: EntityManager,
  link: PayoutLink,
  from: PayoutLink['status'] | null,
  raw: unknown,
): Promise<void> {
  const changes = manager.getRepository(PayoutLinkTransition);
  await changes.save(
    changes.create({
      payoutLinkId: link.id,
      account: link.account,
      seq: link.version,
      from,
      to: link.status,
      source: 'API',
      providerStatus: link.providerStatus,
      providerId: link.providerId,
      providerCreatedAt: link.providerCreatedAt,
      expiresAt: link.expiresAt,
      effectiveAt: link.statusAt,
      recordedAt: link.statusAt,
      raw,
    }),
  );
}
