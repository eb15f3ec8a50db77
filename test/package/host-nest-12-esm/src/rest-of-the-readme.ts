import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PAYOUT_LINKS_ENTITIES, PayoutLinksModule, PayoutLinksService } from 'nestjs-payout-links';
import { payoutLinkErrors } from './payout-link-errors.js';
import { RefundsController } from './refunds.controller.js';
import { payFromJakarta, twoAccounts } from './two-accounts.js';

/** Runs what the README's own commands leave out: its filter responds to errors, its accounts pay. */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      entities: [...PAYOUT_LINKS_ENTITIES],
    }),
    PayoutLinksModule.forRoot({ ...twoAccounts(), baseUrl: process.env.XENDIT_BASE_URL }),
  ],
  controllers: [RefundsController],
  providers: [payoutLinkErrors],
})
class RestModule {}

const app = await NestFactory.create(RestModule, { logger: false });
await app.listen(0, '127.0.0.1');
const refund = async (amount: number) => {
  const response = await fetch(`${await app.getUrl()}/refunds/of-the-rest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ amount, email: 'siti@example.com' }),
  });
  const { error } = (await response.json()) as { error?: { code: string } };
  return { status: response.status, code: error?.code };
};
const paid = await payFromJakarta(app.get(PayoutLinksService), 'refund-3');
const responds = [await refund(1), await refund(150_000), await refund(150_001)];
console.log(JSON.stringify({ paid: { account: paid.account, status: paid.status }, responds }));
await app.close();
