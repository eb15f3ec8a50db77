import { BullModule } from '@nestjs/bullmq';
import { Logger, type DynamicModule } from '@nestjs/common';
import { TolerantClient } from 'app-runtime';
import pg from 'pg';
import { createPostgresBackend, Queue, withBackend, Worker, type ConnectionOptions } from 'bullmq';

/** Where jobs are stored: the database of the links, or Redis. */
export interface QueueBackend {
  Queue: typeof Queue;
  Worker: typeof Worker;
  connection: ConnectionOptions;
}

const logger = new Logger('Queue');
const SCHEMA = 'payout_link_queue';

/** PostgreSQL stores the jobs in a separate schema; `redis://` and `rediss://` addresses use BullMQ's own backend. */
export function queueBackend(url: string): QueueBackend {
  if (/^rediss?:/.test(url)) return { Queue, Worker, connection: { url, maxRetriesPerRequest: null } };
  // BullMQ opens its LISTEN client with this class, and listens for errors a moment after it is connected.
  pg.Client = TolerantClient;
  const classes = withBackend(createPostgresBackend);
  const connection = {
    connectionString: url,
    schema: SCHEMA,
    migrate: true,
    max: 4,
    Client: TolerantClient,
  };
  // The classes differ from the plain ones only in where they connect to.
  return { ...classes, connection } as unknown as QueueBackend;
}

/** The queues of some accounts on the chosen backend; Nest closes them at the end. */
export function queueModule(
  { Queue: queueClass, connection }: QueueBackend,
  names: readonly string[],
): DynamicModule {
  BullModule.queueClass = class extends queueClass {
    constructor(...given: ConstructorParameters<typeof Queue>) {
      super(...given);
      // The caller that waits gets the error there; without a listener it would be printed with its stack.
      this.on('error', (error) => logger.debug(error.message));
    }
  };
  return BullModule.registerQueue(...names.map((name) => ({ name, connection })));
}
