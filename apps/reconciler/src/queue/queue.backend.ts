import { BullModule } from '@nestjs/bullmq';
import { Logger, type DynamicModule } from '@nestjs/common';
import { TolerantClient } from 'app-runtime';
import { createPostgresBackend, Queue, withBackend, Worker, type ConnectionOptions } from 'bullmq';

/** Where jobs are kept: the database of the links, or Redis. */
export interface QueueBackend {
  Queue: typeof Queue;
  Worker: typeof Worker;
  connection: ConnectionOptions;
}

const logger = new Logger('Queue');
const SCHEMA = 'payout_link_queue';

/** PostgreSQL keeps the jobs in a schema of their own; `redis://` and `rediss://` addresses take BullMQ's own backend. */
export function queueBackend(url: string): QueueBackend {
  if (/^rediss?:/.test(url)) return { Queue, Worker, connection: { url, maxRetriesPerRequest: null } };
  const classes = withBackend(createPostgresBackend);
  const connection = {
    connectionString: url,
    schema: SCHEMA,
    migrate: true,
    max: 4,
    Client: TolerantClient,
  };
  // The classes differ from the plain ones in nothing but where they connect to.
  return { ...classes, connection } as unknown as QueueBackend;
}

/** The queues of some accounts, by the backend that was chosen; Nest closes them at the end. */
export function queueModule(
  { Queue: queueClass, connection }: QueueBackend,
  names: readonly string[],
): DynamicModule {
  BullModule.queueClass = class extends queueClass {
    constructor(...given: ConstructorParameters<typeof Queue>) {
      super(...given);
      // Whoever waits for it hears of it there; unheard, it would be printed with its stack.
      this.on('error', (error) => logger.debug(error.message));
    }
  };
  return BullModule.registerQueue(...names.map((name) => ({ name, connection })));
}
