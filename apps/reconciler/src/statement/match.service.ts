import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { UnknownAccountError } from '../require-account.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { AccountLock } from '../slot/account.lock.js';
import { addDays, businessDateOf, endOfBusinessDate } from '../slot/business-date.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { BadPeriodError } from './bad-period.error.js';
import { BadStatementError } from './bad-statement.error.js';
import { download } from './fetch/download.js';
import { LONGEST_REPORT_DAYS, ReportClient, type ReportAccount } from './fetch/report.client.js';
import { keepFiles, makeWorkFolder, type KeptFile } from './kept-files.js';
import {
  FINDINGS,
  isUnknownMoney,
  isWithin,
  MATCH_RESULTS,
  matchLink,
  matchUnknown,
  type Match,
  type MatchPeriod,
  type StatementPayment,
} from './match.js';
import type { MatchRequest } from './match-request.js';
import { openStatement, type OpenedStatement } from './parse-statement.js';
import { StatementFiles, type MatchOutcome } from './statement.files.js';
import { KIND_NAMES } from './statement-columns.js';
import type { StatementKind, StatementLine } from './statement-line.js';
import type { KeptStatement } from './statement-manifest.js';
import { StatementReads } from './statement.reads.js';
import {
  StatementSessions,
  type PlacedMatch,
  type StatementSession,
  type StoredMatch,
} from './statement.session.js';

/** Links that are read at the provider before a match reports on them. */
const MOST_READS = 1_000;

/** Days by which a fetched statement is longer than the period, at each end. */
const MARGIN_DAYS = 1;

/** Compares the payments of our database with the provider's own record, and writes what differs. */
@Injectable()
export class MatchService {
  private readonly logger = new Logger('Match');

  constructor(
    private readonly lock: AccountLock,
    private readonly slots: SlotRepository,
    private readonly sessions: StatementSessions,
    private readonly reads: StatementReads,
    private readonly files: StatementFiles,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /**
   * Matches a period and writes its statement set; a set of the same period is replaced.
   * @throws BadPeriodError
   * @throws BadStatementError
   * @throws StatementNotFetchedError
   * @throws KeyRefusedError
   * @throws ReportNotWrittenError
   */
  async match(request: MatchRequest): Promise<MatchOutcome> {
    const { account, progress } = request;
    const provider = this.options.providerOf(account);
    if (!provider) throw new UnknownAccountError(account, this.options.accounts);
    const bounds = await this.boundsOf(request);
    return this.lock.hold(
      account,
      async ({ lost }) => {
        const signal = AbortSignal.any([request.signal, lost]);
        const folder = await makeWorkFolder(this.options.temporaryDir);
        try {
          const kept = await this.collect({ ...request, signal }, provider, folder);
          return await this.compare({ ...request, signal }, bounds, kept);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
      () => progress.say(`${account}: another match is under way, waiting for it`),
      { purpose: 'payout_link_statement', signal: request.signal },
    );
  }

  /** The period's bounds: whole business dates, the last of which has begun. */
  private async boundsOf({ from, to, statements }: MatchRequest): Promise<{ from: Date; to: Date }> {
    const { timezone } = this.options.report;
    const today = businessDateOf(await this.slots.now(), timezone);
    if (from > to) throw new BadPeriodError(`--from ${from} is after --to ${to}`);
    if (to > today) throw new BadPeriodError(`${to} has not begun: today is ${today}`);
    const longest = LONGEST_REPORT_DAYS - 2 * MARGIN_DAYS;
    if ('fetch' in statements && addDays(from, longest - 1) <= to)
      throw new BadPeriodError(
        `--fetch takes at most ${longest - 1} days, because the provider's reports are of less than ` +
          `${LONGEST_REPORT_DAYS}: match ${from} to ${to} in parts`,
      );
    return { from: endOfBusinessDate(addDays(from, -1), timezone), to: endOfBusinessDate(to, timezone) };
  }

  /** Copies of the provider's files, in a folder of this match. */
  private async collect(
    { statements, from, to, signal, progress, account }: MatchRequest,
    provider: ReportAccount,
    folder: string,
  ): Promise<KeptFile[]> {
    if ('files' in statements) return keepFiles(statements.files, folder);
    const { timezone } = this.options.report;
    const start = endOfBusinessDate(addDays(from, -1 - MARGIN_DAYS), timezone);
    const end = endOfBusinessDate(addDays(to, MARGIN_DAYS), timezone);
    progress.say(`${account}: asking the provider for its ${KIND_NAMES[statements.fetch]}`);
    const address = await new ReportClient(provider).report(statements.fetch, start, end, signal);
    progress.say(`${account}: downloading it`);
    const file = join(folder, 'download.csv');
    await download(address, file, { signal });
    return keepFiles([file], folder);
  }

  private compare(
    request: MatchRequest,
    bounds: { from: Date; to: Date },
    kept: readonly KeptFile[],
  ): Promise<MatchOutcome> {
    const { account, edgeHours } = request;
    return this.sessions.with(async (session) => {
      const { kind, statements } = await this.readFiles(request, session, kept);
      const hasMargin = 'fetch' in request.statements || (await session.beginsBefore(bounds.from));
      const period = { kind, ...bounds, edgeMs: edgeHours * 3_600_000, hasMargin };
      const asked = request.reads ? await this.findingsToRead(session, request, period) : [];
      const read = asked.length === 0 ? new Set<string>() : await this.reads.read(account, asked, request);
      return session.snapshot(account, period, async () => {
        await requireMatch(session, request);
        const matches = allMatches(session, period, request);
        await session.keep(placed(matches, request.reads ? read : null));
        return this.files.write({ request, period, session, statements, kept });
      });
    });
  }

  private async readFiles(
    request: MatchRequest,
    session: StatementSession,
    kept: readonly KeptFile[],
  ): Promise<{ kind: StatementKind; statements: KeptStatement[] }> {
    const opened: OpenedStatement[] = [];
    try {
      for (const [index, { path, name }] of kept.entries())
        opened.push(await openStatement(path, name, index + 1));
      return await this.storeFiles(request, session, kept, opened);
    } finally {
      for (const one of opened) one.close();
    }
  }

  private async storeFiles(
    request: MatchRequest,
    session: StatementSession,
    kept: readonly KeptFile[],
    opened: readonly OpenedStatement[],
  ): Promise<{ kind: StatementKind; statements: KeptStatement[] }> {
    const kind = opened[0]!.kind;
    const other = opened.findIndex((one) => one.kind !== kind);
    if (other > 0)
      throw new BadStatementError(
        `${kept[0]!.name} is a ${KIND_NAMES[kind]} and ${kept[other]!.name} a ${KIND_NAMES[opened[other]!.kind]}: ` +
          'match each kind by itself',
      );
    const statements: KeptStatement[] = [];
    for (const [index, one] of opened.entries()) {
      const { path, sha256 } = kept[index]!;
      const rows = await session.add(followed(one, request));
      statements.push({ file: basename(path), kind, rows, sha256 });
    }
    const isEmpty = statements.every(({ rows }) => rows === 0);
    // The provider made a fetched one for the very period: there may have been no payments.
    if (isEmpty && 'files' in request.statements)
      throw new BadStatementError(
        `${kept.map(({ name }) => name).join(', ')}: no rows below the header. Export the report again, with the period and account of the match`,
      );
    await session.group(kind);
    return { kind, statements };
  }

  /** The links about which there would be something to report: they may only be late here. */
  private findingsToRead(
    session: StatementSession,
    request: MatchRequest,
    period: MatchPeriod,
  ): Promise<string[]> {
    const { account } = request;
    return session.snapshot(account, period, async () => {
      await requireMatch(session, request);
      const ids = new Set<string>();
      let left = 0;
      const matches = allMatches(session, period, request);
      for await (const { result, link } of matches) {
        if (!FINDINGS.includes(result) || link === null || link.providerId === null) continue;
        if (ids.size < MOST_READS) ids.add(link.id);
        else if (!ids.has(link.id)) left += 1;
      }
      if (left > 0)
        this.logger.warn(
          `${account}: ${left} links with findings are not read again, beyond the first ${MOST_READS}`,
        );
      return [...ids];
    });
  }
}

/** The rows of a file as they are read, with their progress; throws the signal's reason when it is aborted. */
async function* followed(
  statement: OpenedStatement,
  { account, progress, signal }: MatchRequest,
): AsyncGenerator<StatementLine, void, void> {
  progress.begin(`${account}: reading the statement (kB)`, inKilobytes(statement.bytes), 0);
  for await (const line of statement.lines) {
    signal.throwIfAborted();
    progress.update(inKilobytes(statement.bytesRead()));
    yield line;
  }
  progress.end();
}

function inKilobytes(bytes: number): number {
  return Math.ceil(bytes / 1_000);
}

/** Every match of the period; throws the signal's reason when it is aborted. */
async function* allMatches(
  session: StatementSession,
  period: MatchPeriod,
  { account, references, progress, signal }: MatchRequest,
): AsyncGenerator<Match, void, void> {
  let done = 0;
  const step = () => {
    signal.throwIfAborted();
    progress.update((done += 1));
  };
  progress.begin(`${account}: comparing`, await session.size(), 0);
  for await (const { link, payments } of session.links(account, period)) {
    step();
    yield* matchLink(link, payments, period);
  }
  for await (const payment of session.unknownPayments()) {
    step();
    const isOurs = references === null || references.some((prefix) => payment.reference.startsWith(prefix));
    if (isWithin(period, payment.createdAt) && isOurs && isUnknownMoney(period.kind, payment))
      yield matchUnknown(payment);
  }
  progress.end();
}

/** @throws BadStatementError when both sides have something, and no payment has a link */
async function requireMatch(session: StatementSession, { account, references }: MatchRequest): Promise<void> {
  const { links, payments, hasMatch } = await session.sides(references);
  if (links > 0 && payments > 0 && !hasMatch)
    throw new BadStatementError(
      `No payment of the statement belongs to a link of the account "${account}", and both have some: ` +
        'perhaps it is the statement of another account (--account) or of another period',
    );
}

/** @param read the links that were read again; null when none were to be */
async function* placed(
  matches: AsyncIterable<Match>,
  read: ReadonlySet<string> | null,
): AsyncGenerator<PlacedMatch, void, void> {
  for await (const { link, payment, ...match } of matches) {
    const at = payment?.createdAt ?? link?.claimedAt ?? link?.statusAt ?? null;
    const isFinding = FINDINGS.includes(match.result);
    const couldBeRead = read !== null && link !== null && link.providerId !== null;
    yield {
      rank: MATCH_RESULTS.indexOf(match.result),
      at,
      name: link?.externalId ?? payment?.reference ?? '',
      match: {
        ...match,
        statementWorth: match.statementWorth.toString(),
        bookWorth: match.bookWorth.toString(),
        isUnread: isFinding && couldBeRead && !read.has(link.id),
        payment: payment && printed(payment),
        link: link && {
          externalId: link.externalId,
          providerId: link.providerId,
          email: link.email,
          status: link.status,
          amount: link.amount.toString(),
          at: (link.claimedAt ?? link.statusAt).toISOString(),
        },
      },
    };
  }
}

function printed({ worth, ...payment }: StatementPayment): StoredMatch['payment'] {
  const amounts = { amount: payment.amount.toString(), worth: worth.toString() };
  return { ...payment, ...amounts, createdAt: payment.createdAt.toISOString() };
}
