import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { entityOf, type Row } from '../database/entity-rows.js';
import { PayoutLinksDatabase, type Statements } from '../database/payout-links.database.js';
import { ABANDONED, decide, type Decision } from '../rules/decide.js';
import type { Discrepancy } from '../rules/discrepancy.js';
import type { Observation, ObservationSource, ProviderLink } from '../rules/observation.js';
import { PayoutLink } from './payout-link.entity.js';
import { secondsSince } from './payout-link.repository.js';
import {
  FIND_PAID_OF_CHAIN,
  FIND_SUCCESSOR,
  FIND_WRITE_OFF,
  INSERT_DISCREPANCY,
  INSERT_IMPORT,
  INSERT_INTENT,
  LOCK_LINK,
  MOVE,
  UPDATE_DETAILS,
} from './recorder.sql.js';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';
import { traceParent } from '../telemetry/spans.js';

/** @internal Stores the successor, or does not, in the transaction that has locked the link to replace. */
export type UnderLock = (
  statements: Statements,
  store: () => Promise<PayoutLink | null>,
) => Promise<PayoutLink | null>;

/** @internal A create as it is stored before anything is sent. */
export interface Intent {
  /** @default a new one */
  id?: string;
  account: string;
  externalId: string;
  /** Whole rupiah. */
  amount: bigint;
  email: string;
  metadata: Record<string, unknown> | null;
  /** The link that this one replaces; `under` runs under that link's lock and decides. */
  replaces?: { link: PayoutLink; reason: string; under: UnderLock };
}

/** @internal A link made elsewhere, as the provider shows it. */
export interface Import extends Pick<Intent, 'account' | 'email'> {
  seen: ProviderLink;
  raw: unknown;
  status: PayoutLinkStatus;
  failureCode: string | null;
  /** Whose unmatched deliveries may be about it. */
  accounts: readonly string[];
}

/** The circumstances of an observation. */
export interface ObservationContext {
  source: ObservationSource;
  /** The row's version when the observation's request was sent. */
  sentAtVersion: number;
  /** When it was sent, by `performance.now()`: the observation is as old as that. */
  sentAt: number;
  /** The fence of the lease under which a create was sent. */
  fence?: number;
  /**
   * End of the slot whose own run made the observation: it counts within that slot unless the provider gives a
   * time.
   */
  slotEnd?: Date;
}

/** A committed change: the link after it, its status before (undefined for a new link), and how it was seen. */
type Moved = Pick<Recorded, 'link' | 'from'> & Pick<ObservationContext, 'source'>;

/** The effect of an observation. */
export interface Recorded {
  outcome: 'move' | 'same' | 'discrepancy' | 'stale' | 'ignored';
  /** The link after it. */
  link: PayoutLink;
  /** The status before, if it changed. */
  from?: PayoutLinkStatus;
  /** How the response contradicts the stored link. */
  discrepancy?: Discrepancy;
}

/**
 * The only writer of a link's state: locks the row, decides by the rules, writes link, history, outbox and
 * discrepancies, and commits.
 * @internal
 */
@Injectable()
export class PayoutLinkRecorder {
  private readonly listeners: ((move: Moved) => void)[] = [];

  constructor(private readonly database: PayoutLinksDatabase) {}

  /** Calls back when this process has committed a change. */
  onMove(listener: (move: Moved) => void): void {
    this.listeners.push(listener);
  }

  /**
   * Stores the intent of a create under a new lease and commits. A successor is stored only if the link that it
   * replaces has not changed since the decision.
   * @returns null when the account already has that external id, or the link to replace has changed
   */
  async recordIntent(intent: Intent): Promise<PayoutLink | null> {
    const { replaces } = intent;
    const stored = !replaces
      ? await insertIntent(this.database, intent)
      : await this.database.transaction(async (statements) => {
          const { current } = await lock(statements, replaces.link);
          const { version, redactedAt } = replaces.link;
          if (current.version !== version || (current.redactedAt !== null && redactedAt === null))
            return null;
          return replaces.under(statements, () => insertIntent(statements, intent));
        });
    if (stored) this.moved({ link: stored, source: 'API' });
    return stored;
  }

  /**
   * Stores a link made elsewhere, without notifying handlers, and queues the unmatched deliveries about it again.
   * @returns null when the account already has its external id or provider id
   */
  async recordImport(made: Import): Promise<PayoutLink | null> {
    const { account, email, seen, raw, status, failureCode, accounts } = made;
    const rows = await this.database.query<Row>(
      ...INSERT_IMPORT({
        account,
        email,
        id: randomUUID(),
        externalId: seen.externalId,
        amount: seen.amount.toString(),
        status,
        failureCode,
        occurredAt: seen.occurredAt,
        raw: JSON.stringify(raw),
        accounts,
        ...detailsOf(seen),
      }),
    );
    const stored = rows[0] ? entityOf(PayoutLink, rows[0]) : null;
    if (stored) this.moved({ link: stored, source: 'OPERATOR' });
    return stored;
  }

  /**
   * Applies one observation to one link by the status rules, in one transaction.
   * @param link as the caller knows it; the row decides
   */
  async record(link: PayoutLink, observation: Observation, context: ObservationContext): Promise<Recorded> {
    const recorded = await this.write(link, observation, context);
    if (recorded.outcome === 'move') this.moved({ ...recorded, source: context.source });
    return recorded;
  }

  /** Records that the provider doesn't know this link; status unchanged. */
  recordMissing(link: PayoutLink, source: ObservationSource, providerValue: string): Promise<void> {
    const discrepancy: Discrepancy = {
      type: 'MISSING_AT_PROVIDER',
      localValue: link.providerId ?? '',
      providerValue,
    };
    return insertDiscrepancy(this.database, link, discrepancy, source);
  }

  private moved(change: Moved): void {
    for (const listener of this.listeners) listener(change);
  }

  /** The caller's copy nearly always equals the row; then one statement is the whole transaction. */
  private async write(
    link: PayoutLink,
    observation: Observation,
    context: ObservationContext,
  ): Promise<Recorded> {
    const decision = decideWithoutClock(link, observation, context);
    if (decision?.kind === 'move' && !decision.discrepancy) {
      const moved = await move(this.database, link, observation, decision, context);
      if (moved) return { outcome: 'move', from: link.status, link: moved };
    }
    return this.decideAndWrite(link, observation, context);
  }

  private decideAndWrite(
    link: PayoutLink,
    observation: Observation,
    context: ObservationContext,
  ): Promise<Recorded> {
    return this.database.transaction(async (statements): Promise<Recorded> => {
      const { current, now } = await lock(statements, link);
      if (observation.kind === 'sent-again' && !(await mayBeSentAgain(statements, current))) {
        return { outcome: 'ignored', link: current };
      }
      const decision = decideOn(current, observation, context, now);
      switch (decision.kind) {
        case 'move':
          return {
            outcome: decision.kind,
            from: current.status,
            link: await moveLocked(statements, current, observation, decision, context),
          };
        case 'same':
          return {
            outcome: decision.kind,
            link: await updateDetails(statements, current, observation, context),
          };
        case 'discrepancy':
          await insertDiscrepancy(statements, current, decision.discrepancy, context.source);
          return { outcome: decision.kind, link: current, discrepancy: decision.discrepancy };
        case 'stale':
        case 'ignored':
          return { outcome: decision.kind, link: current };
      }
    });
  }
}

function decideOn(
  current: PayoutLink,
  observation: Observation,
  { sentAtVersion, fence }: ObservationContext,
  now: Date,
): Decision {
  return decide(current, observation, { sentAtVersion, holdsLease: fence === current.leaseFence, now });
}

/**
 * The decision if it is the same at any time; null if it depends on the clock or other rows; then decide under the row
 * lock. The rules only use the clock to compare it with a link's expiry, so a decision that is equal for the earliest and
 * the latest possible time holds for every time in between, and the statement that writes it needs no clock of its own.
 */
function decideWithoutClock(
  link: PayoutLink,
  observation: Observation,
  context: ObservationContext,
): Decision | null {
  if (observation.kind === 'sent-again') return null;
  const [early, late] = [EARLIEST, LATEST].map((now) => decideOn(link, observation, context, now));
  return isDeepStrictEqual(early, late) ? early! : null;
}

const [EARLIEST, LATEST] = [new Date(-8.64e15), new Date(8.64e15)];

async function insertIntent(statements: Statements, intent: Intent): Promise<PayoutLink | null> {
  const { replaces, id = randomUUID() } = intent;
  const rows = await statements.query<Row>(
    ...INSERT_INTENT({
      account: intent.account,
      externalId: intent.externalId,
      amount: intent.amount.toString(),
      email: intent.email,
      metadata: intent.metadata === null ? null : JSON.stringify(intent.metadata),
      batchId: batchIdOf(intent.metadata),
      id,
      chainId: replaces?.link.chainId ?? id,
      attempt: replaces ? replaces.link.attempt + 1 : 1,
      reissueOf: replaces?.link.id ?? null,
      reissueReason: replaces?.reason ?? null,
      traceParent: traceParent(),
    }),
  );
  return rows[0] ? entityOf(PayoutLink, rows[0]) : null;
}

/** `metadata.batchId`, kept in a column of its own so that a list can be filtered by it. */
function batchIdOf(metadata: Intent['metadata']): string | null {
  const batchId = metadata?.batchId;
  return typeof batchId === 'string' && !batchId.includes('\0') ? batchId.slice(0, 255) : null;
}

/** It was not abandoned, redacted or replaced, and its failure was not written off. */
async function mayBeSentAgain(statements: Statements, current: PayoutLink): Promise<boolean> {
  if (current.failureCode === ABANDONED || current.redactedAt !== null) return false;
  return !(await hasSuccessor(statements, current)) && !(await isWrittenOff(statements, current.id));
}

/** @internal Whether the link's current failure was written off (it has not changed since). */
export async function isWrittenOff(statements: Statements, id: string): Promise<boolean> {
  return (await statements.query(...FIND_WRITE_OFF({ id }))).length > 0;
}

/** @internal Whether a link of the chain has succeeded. */
export async function isPaidByChain(statements: Statements, chainId: string): Promise<boolean> {
  return (await statements.query(...FIND_PAID_OF_CHAIN({ chainId }))).length > 0;
}

/** Call it under the row's lock: a successor is only ever stored under the same lock. */
async function hasSuccessor(statements: Statements, link: PayoutLink): Promise<boolean> {
  return (await statements.query(...FIND_SUCCESSOR({ id: link.id }))).length > 0;
}

/** @internal Locks a link's row for one transaction, after taking the shared cutoff lock. */
export async function lock(
  statements: Statements,
  link: Pick<PayoutLink, 'id' | 'account'>,
): Promise<{ current: PayoutLink; now: Date }> {
  const rows = await statements.query<Row>(...LOCK_LINK({ account: link.account, id: link.id }));
  if (!rows[0]) throw new Error(`payout link ${link.id} has vanished`);
  return { current: entityOf(PayoutLink, rows[0]), now: rows[0].now as Date };
}

type Move = Extract<Decision, { kind: 'move' }>;

/** Updates the row while its lock is held. */
async function moveLocked(
  statements: Statements,
  current: PayoutLink,
  observation: Observation,
  decision: Move,
  context: ObservationContext,
): Promise<PayoutLink> {
  const moved = await move(statements, current, observation, decision, context);
  if (!moved) throw new Error(`payout link ${current.id} changed under its lock`);
  if (decision.discrepancy) await insertDiscrepancy(statements, moved, decision.discrepancy, context.source);
  return moved;
}

/**
 * Locks the row and updates it in one statement, if it still is as the decision assumed.
 * @returns null when it is not
 */
async function move(
  statements: Statements,
  current: PayoutLink,
  observation: Observation,
  { to, failureCode }: Move,
  { source, sentAt, slotEnd }: ObservationContext,
): Promise<PayoutLink | null> {
  const seen = observation.kind === 'link' ? observation.link : undefined;
  const raw = observation.kind === 'sent-again' ? null : observation.raw;
  const occurredAt = to === 'EXPIRED' ? (seen?.expiresAt ?? current.expiresAt) : seen?.occurredAt;
  const rows = await statements.query<Row>(
    ...MOVE({
      account: current.account,
      id: current.id,
      from: current.status,
      to,
      failureCode,
      source,
      occurredAt: occurredAt ?? null,
      slotEnd: slotEnd ?? null,
      raw: raw === null ? null : JSON.stringify(raw),
      ...(seen ? detailsOf(seen) : NO_DETAILS),
      isRead: isRead(observation),
      ageSeconds: secondsSince(sentAt),
      versionBefore: current.version,
      fenceBefore: current.leaseFence,
      providerIdBefore: current.providerId,
      expiresAtBefore: current.expiresAt,
      claimedAtBefore: current.claimedAt,
      voidRequestedAtBefore: current.voidRequestedAt,
      traceParent: traceParent(),
    }),
  );
  return rows[0] ? entityOf(PayoutLink, rows[0]) : null;
}

function detailsOf(seen: ProviderLink) {
  return {
    providerId: seen.id,
    providerStatus: seen.providerStatus,
    payoutUrl: seen.payoutUrl,
    expiresAt: seen.expiresAt,
    disbursementId: seen.disbursementId,
    createdAt: seen.createdAt,
    claimedAt: seen.claimedAt,
  };
}

const NO_DETAILS: Record<keyof ReturnType<typeof detailsOf>, null> = {
  providerId: null,
  providerStatus: null,
  payoutUrl: null,
  expiresAt: null,
  disbursementId: null,
  createdAt: null,
  claimedAt: null,
};

/** Whether the provider itself was read: only that shows a link dead, and only that resolves discrepancies. */
function isRead(observation: Observation): boolean {
  return observation.kind === 'link' && !observation.unread;
}

async function updateDetails(
  statements: Statements,
  current: PayoutLink,
  observation: Observation,
  { sentAt }: ObservationContext,
): Promise<PayoutLink> {
  if (observation.kind !== 'link') return current;
  const rows = await statements.query<Row>(
    ...UPDATE_DETAILS({
      id: current.id,
      ...detailsOf(observation.link),
      isRead: isRead(observation),
      ageSeconds: secondsSince(sentAt),
    }),
  );
  return entityOf(PayoutLink, rows[0]!);
}

async function insertDiscrepancy(
  statements: Statements,
  link: PayoutLink,
  { type, localValue, providerValue }: Discrepancy,
  source: ObservationSource,
): Promise<void> {
  await statements.query(
    ...INSERT_DISCREPANCY({
      account: link.account,
      type,
      id: link.id,
      version: link.version,
      localValue,
      providerValue,
      amount: link.amount.toString(),
      currency: link.currency,
      source,
      externalId: link.externalId,
      providerId: link.providerId,
    }),
  );
}
