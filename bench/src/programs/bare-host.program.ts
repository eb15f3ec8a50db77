import 'reflect-metadata';
import { HttpModule } from '@nestjs/axios';
import { Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { serveCommands, settings } from './commands.js';

const { databaseUrl, poolSize } = settings() as { databaseUrl: string; poolSize: number };

/** What a host that stores data, calls other services and validates input has anyway. */
@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, entities: [], poolSize }),
    HttpModule.register({}),
  ],
})
class BareHostModule {}

const app = await NestFactory.create(BareHostModule, { logger: ['error', 'warn'] });
app.useGlobalPipes(new ValidationPipe());
await app.listen(0, '127.0.0.1');
serveCommands();
