import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PAYOUT_LINKS_ENTITIES, PAYOUT_LINKS_MIGRATIONS, PayoutLinksModule } from 'nestjs-payout-links';
import type { Sandbox } from 'payout-links-sandbox';
import { Refunds } from './refunds';

/** An application with the module and a class that uses it. */
@Module({})
export class AppModule {
  static with(databaseUrl: string | undefined, sandbox: Sandbox): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: databaseUrl,
          entities: [...PAYOUT_LINKS_ENTITIES],
          migrations: [...PAYOUT_LINKS_MIGRATIONS],
          migrationsRun: true,
        }),
        PayoutLinksModule.forRoot({
          apiKey: sandbox.apiKey,
          webhookTokens: [sandbox.webhookToken],
          baseUrl: sandbox.url,
        }),
      ],
      providers: [Refunds],
    };
  }
}
