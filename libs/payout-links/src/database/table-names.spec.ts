import { describe, expect, it } from '@jest/globals';
import { inSchema } from './table-names.js';

describe('a statement on a DataSource with a schema', () => {
  it.each([
    ['SELECT * FROM payout_link WHERE id = $1', 'SELECT * FROM "p".payout_link WHERE id = $1'],
    [
      'FROM shared, payout_link link WHERE link.id = $2',
      'FROM shared, "p".payout_link link WHERE link.id = $2',
    ],
    [
      'UPDATE payout_link SET a = 1 FROM held WHERE payout_link.id = held.id RETURNING payout_link.*',
      'UPDATE "p".payout_link SET a = 1 FROM held WHERE payout_link.id = held.id RETURNING payout_link.*',
    ],
    [
      'INSERT INTO payout_link_outbox (payout_link_id) SELECT id FROM payout_link_handler',
      'INSERT INTO "p".payout_link_outbox (payout_link_id) SELECT id FROM "p".payout_link_handler',
    ],
    [
      'CREATE UNIQUE INDEX payout_link_external_id ON payout_link (account, external_id)',
      'CREATE UNIQUE INDEX payout_link_external_id ON "p".payout_link (account, external_id)',
    ],
    ['DROP INDEX payout_link_paid', 'DROP INDEX "p".payout_link_paid'],
    ['DROP INDEX IF EXISTS payout_link_paid', 'DROP INDEX IF EXISTS "p".payout_link_paid'],
    [
      'payout_link_id uuid CONSTRAINT payout_link_transition_link REFERENCES payout_link (id)',
      'payout_link_id uuid CONSTRAINT payout_link_transition_link REFERENCES "p".payout_link (id)',
    ],
    ["hashtext('payout_link_cutoff'), 'payout_link'", "hashtext('payout_link_cutoff'), 'payout_link'"],
  ])('qualifies tables and nothing else: %s', (sql, expected) => {
    expect(inSchema(sql, 'p')).toBe(expected);
  });

  it('quotes a schema that needs it', () => {
    expect(inSchema('FROM payout_link', 'Pay"ments')).toBe('FROM "Pay""ments".payout_link');
  });

  it('is left alone without a schema', () => {
    expect(inSchema('FROM payout_link', undefined)).toBe('FROM payout_link');
  });
});
