import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The deliveries of report sets. */
export class DeliverReports1764000900000 implements MigrationInterface {
  readonly name = 'DeliverReports1764000900000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE payout_link_report_delivery');
  }
}

const UP = [
  `CREATE TABLE payout_link_report_delivery (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT payout_link_report_delivery_pkey PRIMARY KEY,
    account text NOT NULL,
    business_date date,
    period text,
    event text NOT NULL,
    resent boolean NOT NULL,
    target text NOT NULL,
    state text NOT NULL,
    message_id uuid NOT NULL,
    content json NOT NULL,
    addresses_left json,
    attempts integer NOT NULL,
    last_error text,
    next_attempt_at timestamptz,
    lease_fence integer NOT NULL,
    lease_expires_at timestamptz,
    created_at timestamptz NOT NULL,
    delivered_at timestamptz
  )`,
  `CREATE UNIQUE INDEX payout_link_report_delivery_once ON payout_link_report_delivery
    (account, business_date, target, event) WHERE NOT resent AND business_date IS NOT NULL`,
  `CREATE INDEX payout_link_report_delivery_waiting ON payout_link_report_delivery (next_attempt_at)
    WHERE state = 'WAITING'`,
];
