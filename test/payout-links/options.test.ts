import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  PAYOUT_LINKS_ENTITIES,
  PAYOUT_LINKS_MIGRATIONS,
  PayoutLinksModule,
  PayoutLinksService,
  type PayoutLinksOptions,
} from 'nestjs-payout-links';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost } from '../support/host.js';

describe('the module', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
  });
  afterAll(() => database.drop());

  it.each<[string, unknown, string[]]>([
    ['no account at all', {}, ['apiKey']],
    ['an empty key', { apiKey: '', webhookTokens: [] }, ['apiKey']],
    ['a key that was copied with a space', { apiKey: 'xnd_ 1', webhookTokens: ['t'] }, ['apiKey']],
    ['an empty token', { apiKey: 'xnd_1', webhookTokens: [''] }, ['webhookTokens']],
    ['a word that is no option', { apiKey: 'xnd_1', webhookTokens: [], apikey: 'x' }, ['apikey']],
    [
      'an address that is none',
      { apiKey: 'xnd_1', webhookTokens: [], baseUrl: 'api.xendit.co' },
      ['baseUrl'],
    ],
    [
      'limits that make no sense',
      { apiKey: 'xnd_1', webhookTokens: [], http: { attempts: 0, totalTimeoutMs: 'long' }, retentionDays: 0 },
      ['http.attempts', 'http.totalTimeoutMs', 'retentionDays'],
    ],
    [
      'advice that no guard would understand',
      {
        apiKey: 'xnd_1',
        webhookTokens: [],
        failureAdvice: {
          INVALID_DESTINATION: { retry: 'NEVER' },
          HOUSE_RULE: { owner: 'NOBODY_ELSE', waitMs: -1, advise: { en: 'x', id: 'y' } },
          BY_TEXT: 'DO_NOT_RETRY',
          HALF_SAID: { advice: { en: 'only English' } },
        },
      },
      [
        'failureAdvice.INVALID_DESTINATION.retry',
        'failureAdvice.HOUSE_RULE.owner',
        'failureAdvice.HOUSE_RULE.waitMs',
        'failureAdvice.HOUSE_RULE.advise',
        'failureAdvice.BY_TEXT',
        'failureAdvice.HALF_SAID.advice.id',
      ],
    ],
    [
      'bad accounts',
      {
        apiKey: 'xnd_1',
        webhookTokens: [],
        accounts: { default: { apiKey: 'a', webhookTokens: [] }, b: {} },
      },
      ['accounts.default', 'accounts.b.apiKey', 'accounts.b.webhookTokens'],
    ],
  ])('refuses to start with %s, naming it', async (_, options, fields) => {
    const sandbox = { url: 'http://127.0.0.1:9', apiKey: '', webhookToken: '' };
    const error = await startHost({
      databaseUrl: database.url,
      sandbox,
      options: { apiKey: undefined, webhookTokens: undefined, ...(options as Partial<PayoutLinksOptions>) },
    }).catch((refused: unknown) => refused);
    expect(error).toMatchObject({ code: 'INVALID_PAYOUT_LINK' });
    const named = (error as { errors: { field: string }[] }).errors.map(({ field }) => field);
    expect([...new Set(named)].toSorted()).toEqual(fields.toSorted());
  });

  it('takes its options from a factory, a DataSource by name, and serves everywhere where it is global', async () => {
    @Module({
      providers: [{ provide: 'FEATURE', useFactory: (s: unknown) => s, inject: [PayoutLinksService] }],
    })
    class FeatureModule {}

    @Module({
      imports: [
        TypeOrmModule.forRoot({
          name: 'payments',
          type: 'postgres',
          url: database.url,
          entities: [...PAYOUT_LINKS_ENTITIES],
        }),
        PayoutLinksModule.forRootAsync({
          dataSource: 'payments',
          isGlobal: true,
          useFactory: () => Promise.resolve({ apiKey: 'xnd_development_1', webhookTokens: ['t'] }),
        }),
        FeatureModule,
      ],
    })
    class HostModule {}

    const app = await NestFactory.create(HostModule, { logger: false, abortOnError: false });
    await app.init();
    expect(app.get('FEATURE')).toBeInstanceOf(PayoutLinksService);
    expect(await app.get(PayoutLinksService).list()).toEqual({ items: [], nextCursor: null });
    await app.close();
  });
});
