import { describe, expect, it } from '@jest/globals';
import { conditionOf, type OpenLink } from './conditions.js';

const AT = new Date('2026-11-23T00:00:00Z');
const before = (hours: number) => new Date(AT.getTime() - hours * 3_600_000);

const link = (more: Partial<OpenLink>): OpenLink => ({
  status: 'PENDING',
  providerStatus: 'PENDING',
  expiresAt: null,
  statusAt: before(100),
  recordedAt: before(99),
  ...more,
});

describe('an open link at a slot’s end', () => {
  it.each<[string, Partial<OpenLink>, object | null]>([
    ['that waits for its recipient is fine', { expiresAt: before(-1) }, null],
    ['without an expiry is fine', {}, null],
    ['is fine within the hour after its expiry', { expiresAt: before(1) }, null],
    [
      'is overdue after that hour',
      { expiresAt: before(1.5) },
      { type: 'OVERDUE_PENDING', localValue: 'PENDING', firstSeenAt: before(0.5) },
    ],
    ['that was claimed is fine for a day', { status: 'REQUESTED', statusAt: before(24) }, null],
    [
      'that was claimed is overdue after a day',
      { status: 'REQUESTED', statusAt: before(30) },
      { type: 'OVERDUE_PENDING', localValue: 'REQUESTED', firstSeenAt: before(6) },
    ],
    [
      'that is unconfirmed is a discrepancy since the create was given up',
      { status: 'UNCONFIRMED', providerStatus: null },
      { type: 'UNCONFIRMED_CREATE', providerValue: '', firstSeenAt: before(99) },
    ],
    [
      'with a new word is a discrepancy',
      { status: 'UNKNOWN', providerStatus: 'ON_HOLD' },
      { type: 'UNKNOWN_STATUS', providerValue: 'ON_HOLD', firstSeenAt: before(99) },
    ],
    ['whose create is under way is fine', { status: 'CREATING' }, null],
  ])('%s', (_, more, condition) => {
    const found = conditionOf(link(more), AT);
    if (condition === null) expect(found).toBeNull();
    else expect(found).toMatchObject(condition);
  });
});
