import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { PayoutLink } from 'nestjs-payout-links';
import { PayoutLinkReader } from 'nestjs-payout-links/unstable';
import { DataSource, In } from 'typeorm';
import { KeyRefusedError } from '../poll/key-refused.error.js';
import { isAboutTheKey, isUsable, LimitedReader } from '../poll/limited-reader.js';
import type { Progress } from '../progress/progress.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';

/** Reads links once at the provider, before what their statement says of them is reported. */
@Injectable()
export class StatementReads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly limited: LimitedReader,
    private readonly reader: PayoutLinkReader,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /**
   * Reads these links and records what the provider says; waits for the account's rate limit.
   * @returns the ids of those with a usable response
   * @throws KeyRefusedError
   */
  async read(
    account: string,
    ids: readonly string[],
    { progress, signal }: { progress: Progress; signal: AbortSignal },
  ): Promise<Set<string>> {
    const { concurrency } = this.options.limitsOf(account);
    const read = new Set<string>();
    progress.begin(`${account}: reading links that the statement disagrees about`, ids.length, 0);
    for (let start = 0; start < ids.length; start += concurrency) {
      const some = ids.slice(start, start + concurrency);
      const links = await this.dataSource.getRepository(PayoutLink).findBy({ id: In(some) });
      const permits = await this.limited.reserve(account, links.length);
      const usable = await Promise.all(
        links.map((link, index) => this.readOne(link, permits[index]!, signal)),
      );
      for (const [index, link] of links.entries()) if (usable[index]) read.add(link.id);
      progress.update(start + some.length);
    }
    progress.end();
    return read;
  }

  private async readOne(link: PayoutLink, waitMs: number, signal: AbortSignal): Promise<boolean> {
    await wait(waitMs, undefined, { signal });
    const poll = await this.limited.poll(link, signal);
    signal.throwIfAborted();
    const { response } = poll;
    if (isAboutTheKey(response)) throw new KeyRefusedError(link.account, response.refusal.httpStatus);
    if (poll.isNews) await this.reader.apply(poll, response, { source: 'POLL', signal });
    else await this.reader.confirm([poll]);
    return isUsable(response);
  }
}
