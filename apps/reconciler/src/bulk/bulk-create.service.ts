import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  PayoutLinksError,
  PayoutLinksService,
  type CreateManyResult,
  type CreatePayoutLink,
} from 'nestjs-payout-links';
import { balanceOf } from '../balance-of.js';
import { quoteCell, RefusedFileError } from '../given-file/refused-file.error.js';
import { ResultsIncompleteError } from '../given-file/result-not-written.error.js';
import { isKeyRefused } from '../key-refused.js';
import type { Progress } from '../progress/progress.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { requireAccount } from '../require-account.js';
import { AccountLock } from '../slot/account.lock.js';
import { BulkRepository, type KnownLink } from './bulk.repository.js';
import { previewOfCreate } from './create.preview.js';
import {
  CREATE_COLUMNS,
  isToBeSent,
  notDone,
  resultOfError,
  resultOfLink,
  type CreateResult,
} from './create.results.js';
import { readPayoutFile, type PayoutRow } from './payout-file.js';
import { describeRepeats, RepeatedPayoutsError, type Repeat } from './repeated-payouts.error.js';
import { ResultWriter } from './result.writer.js';

/** What is asked of a file. */
export interface CreateFileRequest {
  account: string;
  file: string;
  bytes: Buffer;
  resultFile: string;
  dryRun: boolean;
  /** Pays people again who were paid the same amount in the last days. */
  repeat: boolean;
  /** Shows the preview; false: nothing is sent. */
  confirm: (preview: string) => Promise<boolean>;
  progress: Progress;
  signal: AbortSignal;
}

/** What became of a file. */
export interface CreateFileOutcome {
  /** In the order of the file; null when nothing was to be sent or written. */
  results: readonly CreateResult[] | null;
  /** The provider refused the account's key. */
  keyRefused: boolean;
}

const NOTHING_DONE: CreateFileOutcome = { results: null, keyRefused: false };
/** The largest that the library takes. */
const CONCURRENCY = 100;

interface Planned {
  rows: readonly PayoutRow[];
  known: ReadonlyMap<string, KnownLink>;
}

/** Pays from a file: all of it is checked first, and the same file again continues. */
@Injectable()
export class BulkCreateService {
  constructor(
    private readonly links: PayoutLinksService,
    private readonly repository: BulkRepository,
    private readonly lock: AccountLock,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /**
   * @throws RefusedFileError, RepeatedPayoutsError or UnknownAccountError before anything is sent
   */
  create(request: CreateFileRequest): Promise<CreateFileOutcome> {
    const { account, bytes, progress } = request;
    requireAccount(account, this.options.accounts);
    const batchId = createHash('sha256').update(bytes).digest('hex');
    const rows = readPayoutFile(bytes, batchId, (payout) => this.links.invalidFields({ ...payout, account }));
    if (rows.length === 0) return Promise.resolve(NOTHING_DONE);
    // Also between files: two that pay the same people would not see each other's links.
    return this.lock.hold(
      account,
      async ({ lost }) => {
        const signal = AbortSignal.any([request.signal, lost]);
        const outcome = await this.createRows({ ...request, signal }, rows);
        lost.throwIfAborted();
        return outcome;
      },
      () => progress.say(`${account}: another create is under way; waiting for it`),
      { purpose: 'payout_link_create', signal: request.signal },
    );
  }

  private async createRows(
    request: CreateFileRequest,
    rows: readonly PayoutRow[],
  ): Promise<CreateFileOutcome> {
    const { account, file, dryRun, confirm } = request;
    const known = await this.repository.known(
      account,
      rows.map(({ externalId }) => externalId),
    );
    requireSameValues(rows, known);
    await this.requireNoRepeats(request, { rows, known });
    const done = rows.filter(({ externalId }) => !isToBeSent(known.get(externalId)));
    const balance = await balanceOf(this.links, account);
    const preview = previewOfCreate({
      title: `${account}: payouts in ${basename(file)}`,
      rows: rows.length,
      amount: sumOf(rows),
      done: done.length,
      doneAmount: sumOf(done),
      balance: balance?.available ?? null,
    });
    if (!(await confirm(preview)) || dryRun) return NOTHING_DONE;
    return this.send(request, { rows, known });
  }

  private async requireNoRepeats(
    { account, repeat, progress }: CreateFileRequest,
    { rows, known }: Planned,
  ): Promise<void> {
    const inFile = new Set(rows.map(({ externalId }) => externalId));
    // A refused row was never paid, so it would be a second payout as well.
    const fresh = rows.filter(
      ({ externalId }) => (known.get(externalId)?.status ?? 'REJECTED') === 'REJECTED',
    );
    const recent = await this.repository.recent(account, fresh);
    const byPayout = new Map(
      recent.filter(({ externalId }) => !inFile.has(externalId)).map((link) => [keyOf(link), link]),
    );
    const repeats = fresh.flatMap((row): Repeat[] => {
      const link = byPayout.get(keyOf(row));
      return link ? [{ row, link }] : [];
    });
    if (repeats.length === 0) return;
    const { timezone } = this.options.report;
    if (!repeat) throw new RepeatedPayoutsError(repeats, timezone);
    progress.say(`paid again, as --repeat says:\n${describeRepeats(repeats, timezone)}`);
  }

  private async send(request: CreateFileRequest, planned: Planned): Promise<CreateFileOutcome> {
    const { account, resultFile, progress, signal } = request;
    const { rows, known } = planned;
    const { csvDelimiter } = this.options.report;
    const writer = await ResultWriter.open(resultFile, CREATE_COLUMNS, csvDelimiter);
    const left = new Set(rows.keys());
    const stop = new AbortController();
    let failure: { error: unknown } | undefined;
    const finish = async (index: number, result: CreateResult) => {
      left.delete(index);
      try {
        await writer.add(index, result);
      } catch (cause) {
        failure ??= { error: new ResultsIncompleteError(resultFile, rows.length - left.size, { cause }) };
        stop.abort();
      }
    };
    let keyRefused = false;
    try {
      for (const [index, row] of rows.entries()) {
        const link = known.get(row.externalId);
        if (link && !isToBeSent(link)) await finish(index, resultOfLink(row, link, link));
      }
      const queue = inOrderOfSending(rows, known);
      progress.begin(`${account}: payouts`, rows.length, rows.length - queue.length);
      const { concurrency } = this.options.limitsOf(account);
      const results = this.links.createMany(this.atRate(account, rows, queue, [signal, stop.signal]), {
        account,
        concurrency: Math.min(concurrency, CONCURRENCY),
      });
      for await (const created of results) {
        const index = queue[created.index]!;
        const result = await this.resultOf(account, rows[index]!, created, known);
        if ('result' in result) {
          keyRefused ||= 'error' in created && isKeyRefused(created.error);
          await finish(index, result);
        } else {
          // The database or the program is at fault, not the payout: no more is sent.
          failure ??= result;
          stop.abort();
        }
        progress.update(rows.length - left.size);
      }
    } finally {
      const done = rows.length - left.size;
      progress.end();
      for (const index of left)
        await finish(index, notDone(rows[index]!, known.get(rows[index]!.externalId)));
      await writer.close().catch((cause: unknown) => {
        failure ??= { error: new ResultsIncompleteError(resultFile, done, { cause }) };
      });
    }
    if (failure) throw failure.error;
    return { results: writer.inOrder, keyRefused };
  }

  /** The rows to send, under the account's rate, until a signal ends it. */
  private async *atRate(
    account: string,
    rows: readonly PayoutRow[],
    queue: readonly number[],
    signals: readonly AbortSignal[],
  ): AsyncGenerator<CreatePayoutLink, void, void> {
    const distanceMs = 60_000 / this.options.limitsOf(account).perMinute;
    const ended = AbortSignal.any([...signals]);
    let nextAt = performance.now();
    for (const index of queue) {
      const now = performance.now();
      nextAt = Math.max(nextAt, now);
      if (nextAt > now) await wait(nextAt - now, undefined, { signal: ended }).catch(() => undefined);
      if (ended.aborted) return;
      nextAt += distanceMs;
      const { externalId, amount, email, metadata } = rows[index]!;
      yield { externalId, amount, email, metadata };
    }
  }

  private async resultOf(
    account: string,
    row: PayoutRow,
    created: CreateManyResult,
    known: ReadonlyMap<string, KnownLink>,
  ): Promise<CreateResult | { error: unknown }> {
    const before = known.get(row.externalId);
    if ('link' in created) return resultOfLink(row, created.link, before);
    const { error } = created;
    if (!(error instanceof PayoutLinksError)) return { error };
    const now = await this.repository.known(account, [row.externalId]);
    return resultOfError(row, error, now.get(row.externalId));
  }
}

/** Rows without a link first: one that an interrupted run left may have to wait for its lease to expire. */
function inOrderOfSending(
  rows: readonly PayoutRow[],
  known: ReadonlyMap<string, KnownLink>,
): readonly number[] {
  const toSend = [...rows.keys()].filter((index) => isToBeSent(known.get(rows[index]!.externalId)));
  const isNew = (index: number) => !known.has(rows[index]!.externalId);
  return [...toSend.filter(isNew), ...toSend.filter((index) => !isNew(index))];
}

/** @throws RefusedFileError naming each row whose external id belongs to another payout */
function requireSameValues(rows: readonly PayoutRow[], known: ReadonlyMap<string, KnownLink>): void {
  const problems = rows.flatMap(({ row, at, externalId, amount, email }) => {
    const link = known.get(externalId);
    if (!link || (BigInt(link.amount) === amount && link.email === email)) return [];
    const column = BigInt(link.amount) === amount ? 'email' : 'amount';
    return [
      `row ${row}, ${column}${at(column)}: ${quoteCell(externalId)} belongs to a payout link with another ${column === 'email' ? 'e-mail address' : `amount, ${link.amount}`}`,
    ];
  });
  if (problems.length > 0) throw new RefusedFileError(problems);
}

function keyOf({ email, amount }: { email: string; amount: bigint | string }): string {
  return `${amount} ${email.toLowerCase()}`;
}

function sumOf(rows: readonly { amount: bigint }[]): bigint {
  return rows.reduce((sum, { amount }) => sum + amount, 0n);
}
