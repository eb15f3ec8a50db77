import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runInSchema } from './run-in-schema.js';

/** Links, their history, discrepancies, inbox and outbox. */
export class CreatePayoutLinks1764000000000 implements MigrationInterface {
  // Explicit: a bundler may rename the class, and the host's database stores the name.
  readonly name = 'CreatePayoutLinks1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'DROP TABLE payout_link_outbox, payout_link_handler, payout_link_delivery, payout_link_write_off, payout_link_discrepancy, payout_link_transition, payout_link',
    ]);
  }
}

const UP = [
  `CREATE TABLE payout_link (
    id uuid CONSTRAINT payout_link_pkey PRIMARY KEY,
    account text NOT NULL,
    external_id text NOT NULL,
    amount bigint NOT NULL CONSTRAINT payout_link_amount_positive CHECK (amount > 0),
    currency text NOT NULL,
    email text NOT NULL,
    metadata json,
    status text NOT NULL,
    version integer NOT NULL,
    status_at timestamptz NOT NULL,
    provider_id text,
    provider_status text,
    failure_code text,
    payout_url text,
    expires_at timestamptz,
    disbursement_id text,
    provider_created_at timestamptz,
    claimed_at timestamptz,
    lease_fence integer NOT NULL,
    lease_expires_at timestamptz,
    void_requested_at timestamptz,
    last_read_at timestamptz,
    next_check_at timestamptz,
    checks integer NOT NULL,
    reissue_of uuid CONSTRAINT payout_link_reissue_of_link REFERENCES payout_link (id),
    reissue_reason text,
    chain_id uuid NOT NULL,
    attempt integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  'CREATE UNIQUE INDEX payout_link_external_id ON payout_link (account, external_id)',
  'CREATE UNIQUE INDEX payout_link_provider_id ON payout_link (account, provider_id) WHERE provider_id IS NOT NULL',
  'CREATE INDEX payout_link_disbursement_id ON payout_link (account, disbursement_id) WHERE disbursement_id IS NOT NULL',
  'CREATE INDEX payout_link_created ON payout_link (created_at, id)',
  'CREATE INDEX payout_link_status ON payout_link (status, created_at, id)',
  'CREATE INDEX payout_link_next_check ON payout_link (next_check_at) WHERE next_check_at IS NOT NULL',
  'CREATE UNIQUE INDEX payout_link_reissue_of ON payout_link (reissue_of)',
  'CREATE UNIQUE INDEX payout_link_chain ON payout_link (chain_id, attempt)',
  `CREATE TABLE payout_link_transition (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT payout_link_transition_pkey PRIMARY KEY,
    payout_link_id uuid NOT NULL CONSTRAINT payout_link_transition_link REFERENCES payout_link (id) ON DELETE RESTRICT,
    account text NOT NULL,
    seq integer NOT NULL,
    from_status text,
    to_status text NOT NULL,
    source text NOT NULL,
    provider_status text,
    failure_code text,
    provider_id text,
    provider_created_at timestamptz,
    expires_at timestamptz,
    occurred_at timestamptz,
    effective_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    raw json
  )`,
  'CREATE UNIQUE INDEX payout_link_transition_seq ON payout_link_transition (payout_link_id, seq)',
  'CREATE INDEX payout_link_transition_effective ON payout_link_transition (account, effective_at)',
  `CREATE TABLE payout_link_discrepancy (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT payout_link_discrepancy_pkey PRIMARY KEY,
    type text NOT NULL,
    account text NOT NULL,
    payout_link_id uuid,
    external_id text,
    provider_id text,
    link_version integer NOT NULL,
    local_value text NOT NULL,
    provider_value text NOT NULL,
    amount bigint,
    currency text,
    first_seen_at timestamptz NOT NULL,
    detected_by text NOT NULL,
    resolved_at timestamptz
  )`,
  `CREATE UNIQUE INDEX payout_link_discrepancy_once ON payout_link_discrepancy
    (payout_link_id, type, link_version, local_value, provider_value) WHERE resolved_at IS NULL`,
  `CREATE UNIQUE INDEX payout_link_discrepancy_unmatched ON payout_link_discrepancy (account, local_value)
    WHERE payout_link_id IS NULL`,
  'CREATE INDEX payout_link_discrepancy_seen ON payout_link_discrepancy (account, first_seen_at)',
  `CREATE TABLE payout_link_write_off (
    payout_link_id uuid NOT NULL,
    link_version integer NOT NULL,
    account text NOT NULL,
    reason text NOT NULL,
    written_off_at timestamptz NOT NULL,
    CONSTRAINT payout_link_write_off_pkey PRIMARY KEY (payout_link_id, link_version)
  )`,
  'CREATE INDEX payout_link_write_off_account ON payout_link_write_off (account, written_off_at)',
  `CREATE TABLE payout_link_delivery (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT payout_link_delivery_pkey PRIMARY KEY,
    account text NOT NULL,
    delivery_key text NOT NULL,
    event text,
    body json NOT NULL,
    status text NOT NULL,
    payout_link_id uuid,
    attempts integer NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    last_error text,
    received_count integer NOT NULL,
    received_at timestamptz NOT NULL,
    last_received_at timestamptz NOT NULL,
    processed_at timestamptz
  )`,
  'CREATE UNIQUE INDEX payout_link_delivery_key ON payout_link_delivery (account, delivery_key)',
  "CREATE INDEX payout_link_delivery_due ON payout_link_delivery (next_attempt_at) WHERE status = 'RECEIVED'",
  'CREATE INDEX payout_link_delivery_received ON payout_link_delivery (received_at)',
  `CREATE TABLE payout_link_handler (
    name text CONSTRAINT payout_link_handler_pkey PRIMARY KEY,
    statuses text[],
    last_seen_at timestamptz NOT NULL
  )`,
  `CREATE TABLE payout_link_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT payout_link_outbox_pkey PRIMARY KEY,
    handler text NOT NULL,
    payout_link_id uuid NOT NULL,
    seq integer NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    last_error text,
    created_at timestamptz NOT NULL
  )`,
  'CREATE UNIQUE INDEX payout_link_outbox_order ON payout_link_outbox (handler, payout_link_id, seq)',
  "CREATE INDEX payout_link_outbox_due ON payout_link_outbox (handler, next_attempt_at, id) WHERE status = 'WAITING'",
];
