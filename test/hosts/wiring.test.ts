import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ClassSerializerInterceptor,
  Controller,
  Get,
  Injectable,
  Module,
  Param,
  Post,
  Query,
  SetMetadata,
  UnauthorizedException,
  VersioningType,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  PAYOUT_LINKS_ENTITIES,
  PayoutLink,
  PayoutLinkNotFoundError,
  PayoutLinksExceptionFilter,
  PayoutLinksModule,
  PayoutLinksService,
  RateLimitedError,
} from 'nestjs-payout-links';
import { HostStage, payoutFor, type OrdinaryHost, type Peculiarities } from './ordinary-host.js';

const Public = () => SetMetadata('isPublic', true);

@Injectable()
class AuthGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const isPublic = this.reflector.getAllAndOverride<boolean>('isPublic', [
      context.getHandler(),
      context.getClass(),
    ]);
    if (isPublic) return true;
    throw new UnauthorizedException('sign in');
  }
}

@Controller('refunds')
class RefundsController {
  constructor(private readonly links: PayoutLinksService) {}

  @Post(':id')
  create(@Param('id') id: string, @Query('amount') amount: string): Promise<PayoutLink> {
    return this.links.create({ ...payoutFor(id), amount: BigInt(amount) });
  }

  @Get()
  list(): Promise<object> {
    return this.links.list();
  }

  @Get('fails/:how')
  fail(@Param('how') how: string): never {
    if (how === 'rate') throw new RateLimitedError('too many', 1_500);
    if (how === 'missing') throw new PayoutLinkNotFoundError('not here');
    if (how === 'database')
      throw Object.assign(new Error('shutting down'), { code: '57P01', severity: 'FATAL' });
    if (how === 'other-code') throw Object.assign(new Error('declined by the bank'), { code: '53' });
    if (how === 'other-service') throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    throw new UnauthorizedException('the host’s own');
  }
}

describe('the module in a host', () => {
  let stage: HostStage;
  beforeEach(async () => {
    stage = await HostStage.open();
  });
  afterEach(() => stage.close());

  const delivered = async (host: OrdinaryHost, path = '') =>
    (
      await stage.post(host.url + path + '/webhooks/xendit/payout-links', '{"event":"test"}', {
        'x-callback-token': stage.sandbox.webhookToken,
      })
    ).status;

  describe.each(['forRoot', 'forRootAsync'] as const)('by %s', (method) => {
    const options = () => ({
      apiKey: stage.sandbox.apiKey,
      webhookTokens: [stage.sandbox.webhookToken],
      baseUrl: stage.sandbox.url,
    });
    const register = (extras: object) =>
      method === 'forRoot'
        ? PayoutLinksModule.forRoot({ ...options(), ...extras })
        : PayoutLinksModule.forRootAsync({ useFactory: options, ...extras });

    it('takes the name of a DataSource, isGlobal and controllerDecorators', async () => {
      @Module({
        providers: [
          { provide: 'FEATURE', useFactory: (links: unknown) => links, inject: [PayoutLinksService] },
        ],
      })
      class FeatureModule {}
      @Module({
        imports: [
          TypeOrmModule.forRoot({ type: 'postgres', url: stage.database.url }),
          TypeOrmModule.forRoot({
            name: 'second',
            type: 'postgres',
            url: stage.database.url,
            entities: [...PAYOUT_LINKS_ENTITIES],
          }),
          register({ dataSource: 'second', isGlobal: true, controllerDecorators: [Public()] }),
          FeatureModule,
        ],
        providers: [{ provide: APP_GUARD, useClass: AuthGuard }],
      })
      class HostModule {}
      const app = await NestFactory.create(HostModule, { logger: false, abortOnError: false });
      await app.listen(0, '127.0.0.1');
      try {
        const host = { url: await app.getUrl() } as OrdinaryHost;
        expect(await app.get<PayoutLinksService>('FEATURE').create(payoutFor('order-1'))).toMatchObject({
          status: 'PENDING',
        });
        expect(await delivered(host)).toBe(200);
      } finally {
        await app.close();
      }
    });

    it('is refused at start when it is registered twice', async () => {
      @Module({
        imports: [
          TypeOrmModule.forRoot({
            type: 'postgres',
            url: stage.database.url,
            entities: [...PAYOUT_LINKS_ENTITIES],
          }),
          register({}),
          register({ isGlobal: true }),
        ],
      })
      class HostModule {}
      await expect(
        NestFactory.create(HostModule, { logger: false, abortOnError: false }).then((app) => app.init()),
      ).rejects.toThrow(/registered twice: .* further provider accounts in accounts/);
    });
  });

  it.each<[string, (app: INestApplication) => void, string]>([
    [
      'by header with a default version',
      (app) =>
        void app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version', defaultVersion: '1' }),
      '',
    ],
    [
      'by address with a default version and a prefix',
      (app) =>
        void app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: '2' }),
      '/api',
    ],
  ])('receives webhooks where the host versions its routes %s', async (_, configure, path) => {
    const host = await stage.start({ configure });
    expect(await delivered(host, path)).toBe(200);
  });

  it('lets decorators of one host alone: another application keeps its guard', async () => {
    const guarded: Peculiarities = { providers: [{ provide: APP_GUARD, useClass: AuthGuard }] };
    const open = await stage.start({ ...guarded, extras: { controllerDecorators: [Public()] } });
    const closed = await stage.start(guarded);
    expect(await delivered(open)).toBe(200);
    expect(await delivered(closed)).toBe(401);
  });

  it('receives in one process and processes in another', async () => {
    const receiver = await stage.start({ options: { webhook: { process: false } } });
    const link = await receiver.service.create(payoutFor('order-1'));
    await stage.claim(link.providerId);
    expect(await receiver.service.deliveries('RECEIVED')).toHaveLength(1);
    const processor = await stage.start({ options: { webhook: { receive: false } } });
    expect(await delivered(processor)).toBe(404);
    const status = async () => (await receiver.service.get(link.id)).status;
    while ((await status()) !== 'SUCCEEDED') await new Promise((done) => setImmediate(done));
  });

  it.each<[string, () => Peculiarities]>([
    ['Express', () => ({})],
    [
      'Express with a ClassSerializerInterceptor',
      () => ({ providers: [{ provide: APP_INTERCEPTOR, useClass: ClassSerializerInterceptor }] }),
    ],
    ['Fastify', () => ({ adapter: new FastifyAdapter() })],
  ])('returns links and pages of links from controllers on %s', async (_, peculiarities) => {
    const { url, service } = await stage.start({ controllers: [RefundsController], ...peculiarities() });
    const created = await fetch(`${url}/refunds/order-1?amount=75000`, { method: 'POST' });
    expect([created.status, await created.json()]).toEqual([
      201,
      expect.objectContaining({
        externalId: 'order-1',
        amount: 75_000,
        createdAt: expect.stringMatching(/Z$/),
      }),
    ]);
    const page = (await (await fetch(`${url}/refunds`)).json()) as { items: object[] };
    expect(page.items).toEqual([expect.objectContaining({ amount: 75_000 })]);
    const link = await service.getByExternalId('order-1');
    link.amount = 2n ** 60n;
    expect(JSON.parse(JSON.stringify({ link }))).toMatchObject({ link: { amount: '1152921504606846976' } });
    // A host may select some columns only.
    expect(JSON.stringify(Object.assign(new PayoutLink(), { id: 'x', amount: undefined }))).toBe(
      '{"id":"x"}',
    );
  });

  it.each<[string, () => Peculiarities]>([
    ['Express', () => ({})],
    ['Fastify', () => ({ adapter: new FastifyAdapter() })],
  ])('has an exception filter that leaves other errors to Nest, on %s', async (_, peculiarities) => {
    const { url } = await stage.start({
      controllers: [RefundsController],
      providers: [{ provide: APP_FILTER, useClass: PayoutLinksExceptionFilter }],
      ...peculiarities(),
    });
    const ask = async (path: string, method = 'GET') => {
      const response = await fetch(url + path, { method });
      return [response.status, response.headers.get('retry-after'), await response.json()];
    };
    expect(await ask('/refunds/x?amount=1', 'POST')).toEqual([
      400,
      null,
      {
        error: {
          code: 'INVALID_PAYOUT_LINK',
          message: expect.any(String),
          details: [{ field: 'amount', message: 'amount must be at least 10000' }],
        },
      },
    ]);
    expect(await ask('/refunds/fails/missing')).toMatchObject([
      404,
      null,
      { error: { code: 'PAYOUT_LINK_NOT_FOUND' } },
    ]);
    expect(await ask('/refunds/fails/rate')).toMatchObject([503, '2', { error: { code: 'RATE_LIMITED' } }]);
    expect(await ask('/refunds/fails/database')).toMatchObject([
      503,
      '5',
      { error: { code: 'DATABASE_UNAVAILABLE' } },
    ]);
    expect(await ask('/refunds/fails/other-service')).toEqual([
      500,
      null,
      { statusCode: 500, message: 'Internal server error' },
    ]);
    expect(await ask('/refunds/fails/other-code')).toMatchObject([500, null, { statusCode: 500 }]);
    expect(await ask('/refunds/fails/otherwise')).toMatchObject([401, null, { message: 'the host’s own' }]);
  });
});
