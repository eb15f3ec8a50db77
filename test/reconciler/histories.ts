import { randomUUID } from 'node:crypto';
import type { ObservationSource, PayoutLinkStatus } from 'nestjs-payout-links';
import type { TestDatabase } from '../support/database.js';

/** One change of a link in a test. */
export interface Change {
  to: PayoutLinkStatus;
  recordedAt: Date;
  /** The provider's time of it, if given. */
  occurredAt?: Date;
  /** The end of the slot whose own run found it. */
  foundInSlotTo?: Date;
  source?: ObservationSource;
  failureCode?: string;
  /** The provider's word, if it differs. */
  providerStatus?: string;
  providerCreatedAt?: Date;
  expiresAt?: Date;
}

/** A link with all its changes, oldest first. */
export interface LinkHistory {
  account: string;
  externalId: string;
  amount: bigint;
  email: string;
  /** External id of the link that it replaced. */
  replaces?: string;
  changes: readonly Change[];
  /** It was made elsewhere: its first change is its import. */
  imported?: boolean;
  /** When an operator wrote it off, and after how many of its changes. */
  writeOffs?: readonly { after: number; at: Date }[];
}

/** A stored discrepancy. */
export interface StoredDiscrepancy {
  account: string;
  type: string;
  externalId: string | null;
  providerId: string | null;
  localValue: string;
  providerValue: string;
  amount: bigint | null;
  firstSeenAt: Date;
  resolvedAt?: Date;
  detectedBy: ObservationSource;
}

/**
 * When each change took effect: at the provider's time if given, but never after it was recorded; otherwise within
 * the slot whose own run found it; otherwise when it was recorded; never before the previous change.
 */
export function effectiveTimes(changes: readonly Change[]): Date[] {
  let previous = -Infinity;
  return changes.map(({ recordedAt, occurredAt, foundInSlotTo }) => {
    const withinSlot = foundInSlotTo && new Date(foundInSlotTo.getTime() - 1);
    const effective = Math.min(recordedAt.getTime(), (occurredAt ?? withinSlot ?? recordedAt).getTime());
    previous = Math.max(previous, effective);
    return new Date(previous);
  });
}

/** What an accountant decided about a link. */
export interface GivenDecision {
  account: string;
  externalId: string;
  word: string;
  note: string;
  at: Date;
  refused?: boolean;
}

/** Provider ids are derived from ours, so that reports are the same every time. */
export function providerIdOf(externalId: string): string {
  return `pl-${externalId}`;
}

/** Inserts histories directly into the tables, as the recorder would have written them by a given time. */
export class Histories {
  private readonly ids = new Map<string, string>();
  private readonly chains = new Map<string, { id: string; attempt: number }>();

  constructor(private readonly database: TestDatabase) {}

  /** Brings every link to its state at `until`: changes recorded later have not happened yet. */
  async record(histories: readonly LinkHistory[], until: Date): Promise<void> {
    const known = histories
      .map((history) => ({
        history,
        paused: history.changes.filter(({ recordedAt }) => recordedAt <= until),
      }))
      .filter(({ paused }) => paused.length > 0);
    const links = known.map(({ history, paused }) => this.linkRow(history, paused));
    const transitions = known.flatMap(({ history, paused }) => this.transitionRows(history, paused));
    await this.database.query(
      `INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at,
         provider_id, provider_status, failure_code, expires_at, provider_created_at, lease_fence, last_read_at, polls,
         imported_status, reissue_of, reissue_reason, chain_id, attempt, created_at, updated_at)
       SELECT id, account, external_id, amount, 'IDR', email, status, version, status_at, provider_id, provider_status,
         failure_code, expires_at, provider_created_at, 1, last_read_at, 0, imported_status, reissue_of,
         CASE WHEN reissue_of IS NOT NULL THEN 'a test' END, chain_id, attempt, created_at, updated_at
       FROM json_populate_recordset(NULL::payout_link, $1)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, version = excluded.version,
         status_at = excluded.status_at, provider_id = excluded.provider_id,
         provider_status = excluded.provider_status, failure_code = excluded.failure_code,
         expires_at = excluded.expires_at, provider_created_at = excluded.provider_created_at,
         last_read_at = excluded.last_read_at, updated_at = excluded.updated_at`,
      [JSON.stringify(links)],
    );
    await this.database.query(
      `INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source,
         provider_status, failure_code, provider_id, provider_created_at, expires_at, occurred_at, effective_at,
         recorded_at)
       SELECT payout_link_id, account, seq, from_status, to_status, source, provider_status, failure_code, provider_id,
         provider_created_at, expires_at, occurred_at, effective_at, recorded_at
       FROM json_populate_recordset(NULL::payout_link_transition, $1)
       ON CONFLICT (payout_link_id, seq) DO NOTHING`,
      [JSON.stringify(transitions)],
    );
    const writeOffs = histories.flatMap(({ account, externalId, writeOffs: all = [] }) =>
      all
        .filter(({ at }) => at <= until)
        .map(({ after, at }) => ({
          payout_link_id: this.idOf(account, externalId),
          link_version: after,
          account,
          reason: 'a test',
          written_off_at: at,
        })),
    );
    await this.database.query(
      `INSERT INTO payout_link_write_off
       SELECT * FROM json_populate_recordset(NULL::payout_link_write_off, $1) ON CONFLICT DO NOTHING`,
      [JSON.stringify(writeOffs)],
    );
  }

  async recordDecisions(decisions: readonly GivenDecision[], until: Date): Promise<void> {
    for (const { account, externalId, word, note, at, refused = false } of decisions.filter(
      (one) => one.at <= until,
    )) {
      await this.database.query(
        `INSERT INTO payout_link_decision (account, business_date, payout_link_id, word, note, file_sha256, refused,
           decided_at)
         VALUES ($1, '2026-01-01', $2, $3, $4, md5($5::timestamptz::text), $6, $5) ON CONFLICT DO NOTHING`,
        [account, this.idOf(account, externalId), word, note, at, refused],
      );
    }
  }

  async recordDiscrepancies(discrepancies: readonly StoredDiscrepancy[]): Promise<void> {
    for (const discrepancy of discrepancies) {
      await this.database.query(
        `INSERT INTO payout_link_discrepancy (account, type, external_id, provider_id, link_version, local_value,
           provider_value, amount, currency, first_seen_at, resolved_at, detected_by, payout_link_id)
         VALUES ($1, $2, $3, $4, 1, $5, $6, $7, CASE WHEN $7::bigint IS NOT NULL THEN 'IDR' END, $8, $9, $10, $11)`,
        [
          discrepancy.account,
          discrepancy.type,
          discrepancy.externalId,
          discrepancy.providerId,
          discrepancy.localValue,
          discrepancy.providerValue,
          discrepancy.amount?.toString(),
          discrepancy.firstSeenAt,
          discrepancy.resolvedAt,
          discrepancy.detectedBy,
          discrepancy.type === 'UNMATCHED_WEBHOOK'
            ? null
            : this.idOf(discrepancy.account, discrepancy.externalId!),
        ],
      );
    }
  }

  private linkRow(history: LinkHistory, paused: readonly Change[]) {
    const { account, externalId, amount, email, replaces, imported = false } = history;
    const transition = this.transitionRows(history, paused).at(-1)!;
    const { chainId, attempt } = this.chainOf(history);
    return {
      id: this.idOf(account, externalId),
      account,
      external_id: externalId,
      amount: amount.toString(),
      email,
      status: transition.to_status,
      version: transition.seq,
      status_at: transition.effective_at,
      provider_id: transition.provider_id,
      provider_status: transition.provider_status,
      failure_code: transition.failure_code,
      expires_at: transition.expires_at,
      provider_created_at: transition.provider_created_at,
      last_read_at: transition.provider_id && transition.recorded_at,
      imported_status: imported ? paused[0]!.to : null,
      reissue_of: replaces === undefined ? null : this.idOf(account, replaces),
      chain_id: chainId,
      attempt,
      created_at: paused[0]!.recordedAt,
      updated_at: transition.recorded_at,
    };
  }

  private transitionRows({ account, externalId, changes }: LinkHistory, paused: readonly Change[]) {
    const effective = effectiveTimes(changes);
    let providerId: string | null = null;
    let providerCreatedAt: Date | null = null;
    let expiresAt: Date | null = null;
    return paused.map((change, index) => {
      const isFromProvider = !['CREATING', 'REJECTED', 'UNCONFIRMED'].includes(change.to);
      if (isFromProvider) providerId = providerIdOf(externalId);
      providerCreatedAt = change.providerCreatedAt ?? providerCreatedAt;
      expiresAt = change.expiresAt ?? expiresAt;
      return {
        payout_link_id: this.idOf(account, externalId),
        account,
        seq: index + 1,
        from_status: paused[index - 1]?.to ?? null,
        to_status: change.to,
        source: change.source ?? (change.foundInSlotTo ? 'POLL' : index === 0 ? 'API' : 'WEBHOOK'),
        provider_status: change.providerStatus ?? (isFromProvider ? change.to : null),
        failure_code: change.failureCode ?? null,
        provider_id: providerId,
        provider_created_at: providerCreatedAt,
        expires_at: expiresAt,
        occurred_at: change.occurredAt ?? null,
        effective_at: effective[index]!,
        recorded_at: change.recordedAt,
      };
    });
  }

  private chainOf({ account, externalId, replaces }: LinkHistory): { chainId: string; attempt: number } {
    const before = replaces === undefined ? undefined : this.chains.get(`${account} ${replaces}`);
    const id = before?.id ?? this.idOf(account, externalId);
    const attempt = (before?.attempt ?? 0) + 1;
    this.chains.set(`${account} ${externalId}`, { id, attempt });
    return { chainId: id, attempt };
  }

  private idOf(account: string, externalId: string): string {
    const key = `${account} ${externalId}`;
    const id = this.ids.get(key) ?? randomUUID();
    this.ids.set(key, id);
    return id;
  }
}
