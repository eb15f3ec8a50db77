import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { readQueueState, type QueueState } from '../reconciliation/queue-state.js';

const PROBE_MS = 2_000;

const PENDING_MIGRATIONS = `
  SELECT name FROM unnest($1::text[]) AS known (name)
  WHERE NOT EXISTS (SELECT 1 FROM migrations WHERE migrations.name = known.name)`;

/** The response to a health check. */
export interface Health {
  status: 200 | 503;
  body: object;
}

/** Whether this process can do its work, for process managers and load balancers. */
@Injectable()
export class HealthService {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly dataSource: DataSource,
  ) {}

  /** The process serves. */
  live(): Health {
    return { status: 200, body: { status: 'ok' } };
  }

  /** The database responds within two seconds and has every migration. Its details say what waits and what failed. */
  async ready(): Promise<Health> {
    const read = within(PROBE_MS, this.read());
    try {
      const result = await this.checks.check([
        async () => this.indicatorOf('database', (await read) ? {} : null),
        async () => this.indicatorOf('migrations', (await read)?.pending.length === 0 ? {} : null),
        async () => this.indicatorOf('queues', (await read)?.queues ?? null),
      ]);
      return { status: 200, body: result };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      const { error: failed, ...result } = error.getResponse() as HealthCheckResult;
      const code = failed?.database ? 'DATABASE_UNAVAILABLE' : 'NOT_READY';
      const message = failed?.database
        ? 'the database is unavailable'
        : 'migrations are pending: start this version of the program again';
      return { status: 503, body: { ...result, error: { code, message, ...failed } } };
    }
  }

  private indicatorOf(name: string, details: object | null) {
    const check = this.indicators.check(name);
    return details === null ? check.down() : check.up({ ...details });
  }

  private async read(): Promise<Read> {
    const names = this.dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name);
    const pending = await this.dataSource.query<{ name: string }[]>(PENDING_MIGRATIONS, [names]);
    return { pending: pending.map(({ name }) => name), queues: await readQueueState(this.dataSource) };
  }
}

interface Read {
  pending: string[];
  queues: QueueState;
}

/** Null when it fails or takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), ms);
  });
  try {
    return await Promise.race([work.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
