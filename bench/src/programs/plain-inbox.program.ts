import 'reflect-metadata';
import { Body, Controller, Headers, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { serveCommands, settings } from './commands.js';

const { databaseUrl, poolSize } = settings() as { databaseUrl: string; poolSize: number };
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
await pool.query('CREATE TABLE plain_delivery (webhook_id text PRIMARY KEY, body json NOT NULL)');

/** The minimum that stores a delivery before the response. */
@Controller('webhooks')
class PlainInboxController {
  @Post()
  @HttpCode(200)
  async receive(
    @Headers('webhook-id') webhookId: string,
    @Body() body: unknown,
  ): Promise<{ received: true }> {
    await pool.query('INSERT INTO plain_delivery (webhook_id, body) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      webhookId,
      JSON.stringify(body),
    ]);
    return { received: true };
  }
}

@Module({ controllers: [PlainInboxController] })
class PlainInboxModule {}

const app = await NestFactory.create(PlainInboxModule, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
serveCommands({ url: () => app.getUrl() });
