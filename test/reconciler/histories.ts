import { randomUUID } from 'node:crypto';
import type { ObservationSource, PayoutLinkStatus } from 'nestjs-payout-links';
import type { TestDatabase } from '../support/database.js';

/** One change of a link as a test tells it. */
export interface Change {
  to: PayoutLinkStatus;
  recordedAt: Date;
  /** The provider's time for it; left out where it gave none. */
  occurredAt?: Date;
  /** The end of the slot whose own run found it. */
  foundInSlotTo?: Date;
  source?: ObservationSource;
  failureCode?: string;
  /** What the provider's answer says beside it. */
  providerStatus?: string;
  providerCreatedAt?: Date;
  expiresAt?: Date;
}

/** A link with everything that happened to it, oldest first. */
export interface LinkHistory {
  account: string;
  externalId: string;
  amount: bigint;
  email: string;
  /** External id of the link that it took the place of. */
  replaces?: string;
  changes: readonly Change[];
  /** When an operator wrote it off, and after how many of its changes. */
  writeOffs?: readonly { after: number; at: Date }[];
}

/** A finding as it would have been kept. */
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
 * When each change took effect: at the provider's time where it gave one, but never later than we recorded it; else,
 * when a slot's own run found it, within that slot; else when we saw it; never before the change before it.
 */
export function effectiveTimes(changes: readonly Change[]): Date[] {
  let previous = -Infinity;
  return changes.map(({ recordedAt, occurredAt, foundInSlotTo }) => {
    const withinSlot = foundInSlotTo && new Date(foundInSlotTo.getTime() - 1);
    const told = Math.min(recordedAt.getTime(), (occurredAt ?? withinSlot ?? recordedAt).getTime());
    previous = Math.max(previous, told);
    return new Date(previous);
  });
}

/** Provider ids are told from ours, so that reports read the same every time. */
export function providerIdOf(externalId: string): string {
  return `pl-${externalId}`;
}

/** Puts histories straight into the tables, as the recorder would have left them at a given time. */
export class Histories {
  private readonly ids = new Map<string, string>();
  private readonly chains = new Map<string, { id: string; attempt: number }>();

  constructor(private readonly database: TestDatabase) {}

  /** Brings every link to where it was at `until`: changes recorded later have not happened yet. */
  async record(histories: readonly LinkHistory[], until: Date): Promise<void> {
    const known = histories
      .map((history) => ({ history, held: history.changes.filter(({ recordedAt }) => recordedAt <= until) }))
      .filter(({ held }) => held.length > 0);
    const links = known.map(({ history, held }) => this.linkRow(history, held));
    const transitions = known.flatMap(({ history, held }) => this.transitionRows(history, held));
    await this.database.query(
      `INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at,
         provider_id, provider_status, failure_code, expires_at, provider_created_at, lease_fence, last_read_at, polls,
         reissue_of, reissue_reason, chain_id, attempt, created_at, updated_at)
       SELECT id, account, external_id, amount, 'IDR', email, status, version, status_at, provider_id, provider_status,
         failure_code, expires_at, provider_created_at, 1, last_read_at, 0, reissue_of,
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

  async recordFindings(findings: readonly StoredDiscrepancy[]): Promise<void> {
    for (const finding of findings) {
      await this.database.query(
        `INSERT INTO payout_link_discrepancy (account, type, external_id, provider_id, link_version, local_value,
           provider_value, amount, currency, first_seen_at, resolved_at, detected_by, payout_link_id)
         VALUES ($1, $2, $3, $4, 1, $5, $6, $7, CASE WHEN $7::bigint IS NOT NULL THEN 'IDR' END, $8, $9, $10, $11)`,
        [
          finding.account,
          finding.type,
          finding.externalId,
          finding.providerId,
          finding.localValue,
          finding.providerValue,
          finding.amount?.toString(),
          finding.firstSeenAt,
          finding.resolvedAt,
          finding.detectedBy,
          finding.type === 'UNMATCHED_WEBHOOK' ? null : this.idOf(finding.account, finding.externalId!),
        ],
      );
    }
  }

  private linkRow(history: LinkHistory, held: readonly Change[]) {
    const { account, externalId, amount, email, replaces } = history;
    const transition = this.transitionRows(history, held).at(-1)!;
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
      reissue_of: replaces === undefined ? null : this.idOf(account, replaces),
      chain_id: chainId,
      attempt,
      created_at: held[0]!.recordedAt,
      updated_at: transition.recorded_at,
    };
  }

  private transitionRows({ account, externalId, changes }: LinkHistory, held: readonly Change[]) {
    const effective = effectiveTimes(changes);
    let providerId: string | null = null;
    let providerCreatedAt: Date | null = null;
    let expiresAt: Date | null = null;
    return held.map((change, index) => {
      const isFromProvider = !['CREATING', 'REJECTED', 'UNCONFIRMED'].includes(change.to);
      if (isFromProvider) providerId = providerIdOf(externalId);
      providerCreatedAt = change.providerCreatedAt ?? providerCreatedAt;
      expiresAt = change.expiresAt ?? expiresAt;
      return {
        payout_link_id: this.idOf(account, externalId),
        account,
        seq: index + 1,
        from_status: held[index - 1]?.to ?? null,
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
