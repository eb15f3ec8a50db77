import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  AdoptRefusedError,
  DuplicatePayoutError,
  InvalidPayoutLinkError,
  PayoutLinkNotFoundError,
  PayoutLinksError,
} from 'nestjs-payout-links';
import { PayoutLinkImporter } from 'nestjs-payout-links/unstable';
import { ResultsIncompleteError } from '../given-file/result-not-written.error.js';
import { isKeyRefused } from '../key-refused.js';
import { LimitedReader } from '../poll/limited-reader.js';
import type { Progress } from '../progress/progress.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import type { Columns } from '../report/csv.js';
import { requireAccount } from '../require-account.js';
import type { ImportRow } from './import-file.js';
import { ResultWriter } from './result.writer.js';

/** The result of one row, as the result file prints it. */
export interface ImportResult {
  providerId: string;
  externalId: string | null;
  result:
    | 'IMPORTED'
    /** It is stored already. */
    | 'KNOWN'
    /** A given value differs, there is no e-mail address, or another payout or account has it. */
    | 'DIFFERS'
    /** The provider does not have it in this account. */
    | 'MISSING'
    | 'NOT_DONE';
  status: string | null;
  message: string;
}

const IMPORT_COLUMNS: Columns<ImportResult> = [
  ['provider_id', (row) => row.providerId],
  ['external_id', (row) => row.externalId],
  ['result', (row) => row.result],
  ['status', (row) => row.status],
  ['message', (row) => row.message],
];

/** What is asked of a file. */
export interface ImportFileRequest {
  account: string;
  rows: readonly ImportRow[];
  /** Null: reads the provider, and stores and writes nothing. */
  resultFile: string | null;
  progress: Progress;
  signal: AbortSignal;
}

/** What became of a file. */
export interface ImportFileOutcome {
  /** In the order of the file. */
  results: readonly ImportResult[];
  /** The provider refused the account's key. */
  keyRefused: boolean;
}

/** Takes over the links of a file, under the rate limit that the account's polls share. */
@Injectable()
export class BulkImportService {
  constructor(
    private readonly importer: PayoutLinkImporter,
    private readonly reader: LimitedReader,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /** @throws UnknownAccountError */
  async import({
    account,
    rows,
    resultFile,
    progress,
    signal,
  }: ImportFileRequest): Promise<ImportFileOutcome> {
    requireAccount(account, this.options.accounts);
    const { csvDelimiter } = this.options.report;
    const writer = resultFile && (await ResultWriter.open(resultFile, IMPORT_COLUMNS, csvDelimiter));
    const results: (ImportResult | undefined)[] = rows.map(() => undefined);
    let next = 0;
    let done = 0;
    let keyRefused = false;
    let failure: Error | undefined;
    const stop = new AbortController();
    const ended = AbortSignal.any([signal, stop.signal]);
    const fail = (cause: unknown) => {
      failure ??= new ResultsIncompleteError(resultFile!, done, { cause });
      stop.abort();
    };
    const finish = async (index: number, result: ImportResult) => {
      results[index] = result;
      if (writer) await writer.add(index, result).catch(fail);
    };
    const work = async () => {
      while (next < rows.length && !ended.aborted) {
        const index = next;
        next += 1;
        const [permit] = await this.reader.reserve(account, 1);
        await wait(permit, undefined, { signal: ended }).catch(() => undefined);
        if (ended.aborted) return;
        const { result, isAboutTheKey } = await this.importRow(account, rows[index]!, writer === null);
        if (isAboutTheKey) {
          keyRefused = true;
          stop.abort();
        }
        await finish(index, result);
        done += 1;
        progress.update(done);
      }
    };
    progress.begin(`${account}: payout links to import`, rows.length, 0);
    try {
      const { concurrency } = this.options.limitsOf(account);
      await Promise.all(Array.from({ length: Math.min(concurrency, rows.length) }, work));
    } finally {
      progress.end();
      const message = 'not imported: give the same file again';
      for (const [index, { providerId, externalId }] of rows.entries()) {
        if (results[index]) continue;
        const values = { providerId, externalId: externalId ?? null };
        await finish(index, { ...values, result: 'NOT_DONE', status: null, message });
      }
      if (writer) await writer.close().catch(fail);
    }
    if (failure) throw failure;
    return { results: results.filter((result) => result !== undefined), keyRefused };
  }

  private async importRow(
    account: string,
    given: ImportRow,
    dryRun: boolean,
  ): Promise<{ result: ImportResult; isAboutTheKey: boolean }> {
    const { providerId } = given;
    const request = { ...given, account };
    try {
      if (dryRun) {
        const { isNew, externalId, status } = await this.importer.check(request);
        return { result: { providerId, externalId, status, ...wordOf(isNew) }, isAboutTheKey: false };
      }
      const { isNew, link } = await this.importer.import(request);
      const { externalId, status } = link;
      return { result: { providerId, externalId, status, ...wordOf(isNew) }, isAboutTheKey: false };
    } catch (error) {
      if (!(error instanceof PayoutLinksError)) throw error;
      const externalId = given.externalId ?? null;
      const result = {
        providerId,
        externalId,
        result: resultOf(error),
        status: null,
        message: error.message,
      };
      return {
        result,
        isAboutTheKey: isKeyRefused(error),
      };
    }
  }
}

function wordOf(isNew: boolean) {
  return { result: isNew ? 'IMPORTED' : 'KNOWN', message: '' } as const;
}

function resultOf(error: PayoutLinksError): ImportResult['result'] {
  if (error instanceof PayoutLinkNotFoundError) return 'MISSING';
  const differs =
    error instanceof InvalidPayoutLinkError ||
    error instanceof DuplicatePayoutError ||
    error instanceof AdoptRefusedError;
  return differs ? 'DIFFERS' : 'NOT_DONE';
}
