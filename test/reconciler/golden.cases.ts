import type { ObservationSource, PayoutLinkStatus } from 'nestjs-payout-links';
import {
  providerIdOf,
  type Change,
  type GivenDecision,
  type StoredDiscrepancy,
  type LinkHistory,
} from './histories.js';
import type { GivenSlot } from './report.stage.js';

/** A history whose report sets are stored in `test/fixtures/reports/<name>/<account>/<date>/`. */
export interface GoldenCase {
  name: string;
  settings: { timezone: string; language?: 'en' | 'id'; csvDelimiter?: ',' | ';' };
  links: readonly LinkHistory[];
  discrepancies?: readonly StoredDiscrepancy[];
  decisions?: readonly GivenDecision[];
  /** In the order in which they ran. */
  slots: readonly GivenSlot[];
}

type PlannedChange = [to: PayoutLinkStatus, recordedAt: string, more?: Omit<Change, 'to' | 'recordedAt'>];

function link(
  externalId: string,
  amount: number | bigint,
  changes: PlannedChange[],
  replaces?: string,
): LinkHistory {
  return {
    account: 'default',
    externalId,
    amount: BigInt(amount),
    email: `${externalId.replaceAll(/[^a-z0-9-]/g, '')}@example.com`,
    ...(replaces !== undefined && { replaces }),
    changes: changes.map(([to, recordedAt, more]) => ({ to, recordedAt: new Date(recordedAt), ...more })),
  };
}

const slot = (date: string, asOf: string, more: Partial<GivenSlot> = {}): GivenSlot => ({
  account: 'default',
  date,
  asOf: new Date(asOf),
  ...more,
});

const failed = (failureCode: string, more: Partial<Change> = {}) => ({ failureCode, ...more });

/** The same run at the same local time in several time zones: only time zone and as-of may differ. */
function midnight(name: string, timezone: string, offset: string): GoldenCase {
  const on = (time: string) => `${time.replace(' ', 'T')}${offset}`;
  const created = on('2026-11-23 09:00:00');
  const end = new Date(on('2026-11-24 00:00:00'));
  return {
    name,
    settings: { timezone },
    links: [
      link('created-last-moment', 10_000, [['CREATING', on('2026-11-23 23:59:59.999')]]),
      link('created-at-midnight', 20_000, [['CREATING', on('2026-11-24 00:00:00')]]),
      link('failed-last-moment', 30_000, [
        ['CREATING', created],
        [
          'FAILED',
          on('2026-11-24 00:20:00'),
          failed('INVALID_DESTINATION', { occurredAt: new Date(+end - 1) }),
        ],
      ]),
      link('failed-at-midnight', 40_000, [
        ['CREATING', created],
        ['FAILED', on('2026-11-24 00:20:00'), failed('INVALID_DESTINATION', { occurredAt: end })],
      ]),
      link('failed-found-by-the-run', 50_000, [
        ['CREATING', created],
        ['PENDING', on('2026-11-23 09:00:01'), { providerCreatedAt: new Date(on('2026-11-23 09:00:00.5')) }],
        ['FAILED', on('2026-11-24 02:00:30'), failed('TRANSFER_ERROR', { foundInSlotTo: end })],
      ]),
      link('failed-reported-too-late', 60_000, [
        ['CREATING', created],
        [
          'FAILED',
          on('2026-11-24 02:01:00.001'),
          failed('TRANSFER_ERROR', { occurredAt: new Date(on('2026-11-23 12:00:00')) }),
        ],
      ]),
      link('paid-as-of-the-cut', 70_000, [
        ['CREATING', created],
        ['SUCCEEDED', on('2026-11-24 02:01:00'), { occurredAt: new Date(on('2026-11-23 12:00:00')) }],
      ]),
    ],
    slots: [
      slot('2026-11-23', on('2026-11-24 02:01:00'), {
        reads: [{ externalId: 'failed-found-by-the-run', outcome: 'READ' }],
      }),
      slot('2026-11-24', on('2026-11-25 02:01:00')),
    ],
  };
}

/** New York: 8 March 2026 has 23 hours, 1 November 25, in which the hour after 01:00 comes twice. */
const clocksForward: GoldenCase = {
  name: 'clocks-forward',
  settings: { timezone: 'America/New_York' },
  links: [
    link('a-whole-day', 10_000, [
      ['CREATING', '2026-03-07T12:00:00-05:00'],
      ['PENDING', '2026-03-07T12:00:01-05:00', { expiresAt: new Date('2026-03-10T12:00:00-04:00') }],
    ]),
    link('before-the-gap', 20_000, [
      ['CREATING', '2026-03-08T00:30:00-05:00'],
      ['FAILED', '2026-03-08T01:59:59-05:00', failed('TEMPORARY_TRANSFER_ERROR')],
    ]),
    link('after-the-gap', 30_000, [
      ['CREATING', '2026-03-08T03:00:00-04:00'],
      ['FAILED', '2026-03-08T23:59:59-04:00', failed('TEMPORARY_TRANSFER_ERROR')],
    ]),
    link('next-day', 40_000, [['CREATING', '2026-03-09T00:00:00-04:00']]),
  ],
  slots: [
    slot('2026-03-07', '2026-03-08T01:50:00-05:00'),
    slot('2026-03-08', '2026-03-09T02:00:00-04:00'),
    slot('2026-03-09', '2026-03-10T02:00:00-04:00'),
  ],
};

const clocksBack: GoldenCase = {
  name: 'clocks-back',
  settings: { timezone: 'America/New_York' },
  links: [
    link('first-half-past-one', 10_000, [
      ['CREATING', '2026-11-01T00:00:00-04:00'],
      ['FAILED', '2026-11-01T01:30:00-04:00', failed('TEMPORARY_TRANSFER_ERROR')],
    ]),
    link('second-half-past-one', 20_000, [
      ['CREATING', '2026-11-01T00:00:00-04:00'],
      ['FAILED', '2026-11-01T01:30:00-05:00', failed('TEMPORARY_TRANSFER_ERROR')],
    ]),
    link('in-the-last-hour', 30_000, [['CREATING', '2026-11-01T23:59:59-05:00']]),
    link('the-day-before', 40_000, [['CREATING', '2026-10-31T23:59:59-04:00']]),
    link('the-day-after', 50_000, [['CREATING', '2026-11-02T00:00:00-05:00']]),
  ],
  slots: [slot('2026-10-31', '2026-11-01T02:00:00-05:00'), slot('2026-11-01', '2026-11-02T02:00:00-05:00')],
};

const monthEnd: GoldenCase = {
  name: 'month-end',
  settings: { timezone: 'Asia/Jakarta' },
  links: [
    link('since-december', 10_000, [
      ['CREATING', '2025-12-31T23:00:00+07:00'],
      ['REQUESTED', '2025-12-31T23:30:00+07:00'],
    ]),
    link('fails-on-the-31st', 20_000, [
      ['CREATING', '2026-01-30T10:00:00+07:00'],
      ['PENDING', '2026-01-30T10:00:01+07:00'],
      [
        'FAILED',
        '2026-02-01T02:00:00+07:00',
        failed('INSUFFICIENT_BALANCE', { foundInSlotTo: new Date('2026-02-01T00:00:00+07:00') }),
      ],
    ]),
    link(
      'fails-on-the-31st-r1',
      20_000,
      [
        ['CREATING', '2026-02-01T09:00:00+07:00'],
        ['PENDING', '2026-02-01T09:00:01+07:00'],
        ['SUCCEEDED', '2026-02-01T12:00:00+07:00'],
      ],
      'fails-on-the-31st',
    ),
    link('expires-with-the-month', 30_000, [
      ['CREATING', '2026-01-29T00:00:00+07:00'],
      ['PENDING', '2026-01-29T00:00:01+07:00', { expiresAt: new Date('2026-02-01T00:00:00+07:00') }],
      [
        'EXPIRED',
        '2026-02-01T02:00:10+07:00',
        failed('EXPIRED_UNCLAIMED', { occurredAt: new Date('2026-02-01T00:00:00+07:00') }),
      ],
    ]),
  ],
  slots: [slot('2026-01-31', '2026-02-01T02:05:00+07:00'), slot('2026-02-01', '2026-02-02T02:05:00+07:00')],
};

const leapDay: GoldenCase = {
  name: 'leap-day',
  settings: { timezone: 'Asia/Jakarta' },
  links: [
    link('since-a-year', 10_000, [['CREATING', '2027-02-28T08:00:00+07:00']]),
    link('on-the-28th', 20_000, [['CREATING', '2028-02-28T23:59:59+07:00']]),
    link('on-the-29th', 30_000, [
      ['CREATING', '2028-02-29T00:00:00+07:00'],
      ['FAILED', '2028-02-29T23:59:59+07:00', failed('TEMPORARY_TRANSFER_ERROR')],
    ]),
    link('on-the-first', 40_000, [['CREATING', '2028-03-01T00:00:00+07:00']]),
  ],
  slots: [
    slot('2028-02-28', '2028-02-29T02:00:00+07:00'),
    slot('2028-02-29', '2028-03-01T02:00:00+07:00'),
    slot('2028-03-01', '2028-03-02T02:00:00+07:00'),
  ],
};

const noRows: GoldenCase = {
  name: 'no-rows',
  settings: { timezone: 'Asia/Jakarta' },
  links: [],
  slots: [slot('2026-11-22', '2026-11-23T02:00:00+07:00'), slot('2026-11-23', '2026-11-24T02:00:00+07:00')],
};

const CLAIM_CODES = [
  'INSUFFICIENT_BALANCE',
  'INVALID_DESTINATION',
  'DESTINATION_MAXIMUM_LIMIT',
  'REJECTED_BY_CHANNEL',
  'TEMPORARY_TRANSFER_ERROR',
  'TRANSFER_ERROR',
  'ACCOUNT_NAME_MISMATCH',
  'RECIPIENT_LOCKED_OUT',
  'A_CODE_NOBODY_KNOWS',
];
const CREATE_CODES = [
  'INSUFFICIENT_BALANCE',
  'PROVIDER_UNREACHABLE',
  'RATE_LIMIT_EXCEEDED',
  'INVALID_API_KEY',
  'REQUEST_FORBIDDEN_ERROR',
  'API_VALIDATION_ERROR',
  'DUPLICATE_PAYOUT_ERROR',
];
/** Codes that a provider may send: cells that begin like formulas, and whatever can break a CSV file. */
const HOSTILE = [
  '=HYPERLINK("http://example.com";"click")',
  '+62 811 234',
  '-2+3',
  '@SUM(A1:A9)',
  '＝1＋1',
  '\tafter a tab',
  '\rafter a return',
  'two\r\nlines, "quoted"; and delimited',
  'مرحبا بالعالم',
  'emoji 🧾👩‍💼',
  "'already quoted",
];

const day = (date: number, time: string) => `2026-11-${date}T${time}+07:00`;

function rich(name: string, language: 'en' | 'id', csvDelimiter: ',' | ';'): GoldenCase {
  const claimed = (date: number): PlannedChange[] => [
    ['CREATING', day(date, '09:00:00')],
    [
      'PENDING',
      day(date, '09:00:01'),
      {
        providerCreatedAt: new Date(day(date, '09:00:00.750')),
        expiresAt: new Date(day(date + 3, '09:00:00.750')),
      },
    ],
  ];
  const ended = (date: number, to: PayoutLinkStatus, more: Partial<Change> = {}): PlannedChange[] => [
    ...claimed(date),
    ['REQUESTED', day(date, '11:00:00'), { source: 'POLL' }],
    [to, day(date, '11:05:00'), more],
  ];
  const links = [
    ...CLAIM_CODES.map((code, index) =>
      link(`claim-${index + 1}`, 10_001 + index, ended(20, 'FAILED', failed(code))),
    ),
    ...CREATE_CODES.map((code, index) =>
      link(`create-${index + 1}`, 20_001 + index, [
        ['CREATING', day(20, '10:00:00')],
        ['REJECTED', day(20, '10:00:02'), failed(code, { source: 'API' })],
      ]),
    ),
    ...HOSTILE.map((code, index) =>
      link(`hostile-${index + 1}`, 30_001 + index, ended(21, 'FAILED', failed(code))),
    ),
    ...['=1+1', '007', '12345678901234567890', '+62811', '-5', '@x', '；semi', 'a,b;c"d'].map((externalId) =>
      link(externalId, 40_000, claimed(21)),
    ),
    link('largest', 9_007_199_254_740_991n, ended(20, 'SUCCEEDED')),
    link('also-largest', 9_007_199_254_740_991n, ended(20, 'FAILED', failed('DESTINATION_MAXIMUM_LIMIT'))),
    link('paid', 50_000, ended(20, 'SUCCEEDED', { occurredAt: new Date(day(20, '11:04:30')) })),
    link('voided', 50_001, [...claimed(20), ['VOIDED', day(20, '12:00:00'), { source: 'API' }]]),
    link('expired', 50_002, [
      ...claimed(18),
      [
        'EXPIRED',
        day(22, '02:00:20'),
        failed('EXPIRED_UNCLAIMED', { source: 'POLL', occurredAt: new Date(day(21, '09:00:00.750')) }),
      ],
    ]),
    link('reversed-later', 50_003, [
      ...ended(20, 'SUCCEEDED'),
      ['REVERSED', day(22, '15:00:00'), { source: 'POLL' }],
    ]),
    link('reversed-unseen', 50_004, ended(21, 'REVERSED', failed('REJECTED_BY_CHANNEL'))),
    link('failed-then-paid', 50_005, [
      ...ended(20, 'FAILED', failed('TEMPORARY_TRANSFER_ERROR')),
      ['SUCCEEDED', day(21, '16:00:00'), { source: 'POLL' }],
    ]),
    link('refused-then-created', 50_006, [
      ['CREATING', day(20, '10:00:00')],
      ['REJECTED', day(20, '10:00:02'), failed('INSUFFICIENT_BALANCE', { source: 'API' })],
      ['CREATING', day(21, '10:00:00'), { source: 'API' }],
      ['PENDING', day(21, '10:00:02'), { source: 'API' }],
    ]),
    link('refused-again', 50_007, [
      ['CREATING', day(20, '10:00:00')],
      ['REJECTED', day(20, '10:00:02'), failed('INSUFFICIENT_BALANCE', { source: 'API' })],
      ['CREATING', day(21, '10:00:00'), { source: 'API' }],
      ['PENDING', day(21, '10:00:01'), { source: 'API' }],
      ['FAILED', day(22, '10:00:02'), failed('INVALID_DESTINATION')],
    ]),
    link('failed-and-paid-in-a-day', 50_008, [
      ...ended(21, 'FAILED', failed('TEMPORARY_TRANSFER_ERROR')),
      ['SUCCEEDED', day(21, '16:00:00'), { source: 'POLL' }],
    ]),
    link('replaced', 60_000, ended(20, 'FAILED', failed('INSUFFICIENT_BALANCE'))),
    link('replaced-r1', 60_000, ended(21, 'FAILED', failed('REJECTED_BY_CHANNEL')), 'replaced'),
    link(
      'replaced-r2',
      60_000,
      [
        ['CREATING', day(22, '09:00:00')],
        ['PENDING', day(22, '09:00:01')],
        ['SUCCEEDED', day(22, '12:00:00')],
      ],
      'replaced-r1',
    ),
    // Its new link succeeds, and then so does the old one.
    link('paid-twice', 60_001, [
      ...ended(20, 'FAILED', failed('TEMPORARY_TRANSFER_ERROR')),
      ['SUCCEEDED', day(22, '13:00:00'), { source: 'POLL' }],
    ]),
    link(
      'paid-twice-r1',
      60_001,
      [
        ['CREATING', day(21, '09:00:00')],
        ['PENDING', day(21, '09:00:01')],
        ['SUCCEEDED', day(21, '12:00:00')],
      ],
      'paid-twice',
    ),
    // The old link's success is found by the run of the 21st, the new one's after midnight but before that run.
    link('paid-twice-around-midnight', 60_004, [
      ...ended(20, 'FAILED', failed('TEMPORARY_TRANSFER_ERROR')),
      ['SUCCEEDED', day(22, '02:00:40'), { foundInSlotTo: new Date(day(22, '00:00:00')) }],
    ]),
    link(
      'paid-twice-around-midnight-r1',
      60_004,
      [
        ['CREATING', day(21, '09:00:00')],
        ['PENDING', day(21, '09:00:01')],
        ['SUCCEEDED', day(22, '00:10:00')],
      ],
      'paid-twice-around-midnight',
    ),
    {
      ...link('written-off', 60_002, ended(20, 'FAILED', failed('INVALID_DESTINATION'))),
      writeOffs: [{ after: 4, at: new Date(day(21, '14:00:00')) }],
    },
    link('written-off-r1', 60_002, claimed(22), 'written-off'),
    link('returned', 60_003, [
      ...ended(20, 'SUCCEEDED'),
      ['REVERSED', day(21, '15:00:00'), { source: 'POLL', failureCode: 'REVERSED_BY_BANK' }],
    ]),
    link('adopted', 70_000, [
      ['CREATING', day(20, '10:00:00')],
      ['REJECTED', day(20, '10:00:01'), failed('DUPLICATE_PAYOUT_ERROR', { source: 'API' })],
      ['REQUESTED', day(22, '10:00:00'), { source: 'OPERATOR' }],
    ]),
    link('unconfirmed', 70_001, [
      ['CREATING', day(20, '10:00:00')],
      ['UNCONFIRMED', day(20, '10:01:30'), { source: 'API' }],
    ]),
    link('creating', 70_002, [['CREATING', day(22, '23:59:00')]]),
    link('on-hold', 70_003, [
      ...claimed(21),
      ['UNKNOWN', day(21, '12:00:00'), { providerStatus: '=ON_HOLD' }],
    ]),
    link('overdue-pending', 70_004, claimed(18)),
    link('overdue-requested', 70_005, [...claimed(20), ['REQUESTED', day(20, '10:00:00')]]),
  ];
  const discrepancy = (
    type: string,
    externalId: string | null,
    [localValue, providerValue]: [string, string],
    firstSeenAt: string,
    more: Partial<StoredDiscrepancy> = {},
  ): StoredDiscrepancy => ({
    account: 'default',
    type,
    externalId,
    providerId: externalId === null ? null : providerIdOf(externalId),
    localValue,
    providerValue,
    amount: links.find((one) => one.externalId === externalId)?.amount ?? null,
    firstSeenAt: new Date(firstSeenAt),
    detectedBy: 'POLL' satisfies ObservationSource,
    ...more,
  });
  return {
    name,
    settings: { timezone: 'Asia/Jakarta', language, csvDelimiter },
    links,
    discrepancies: [
      discrepancy('AMOUNT_MISMATCH', 'overdue-requested', ['70005', '70006'], day(21, '02:00:10'), {
        resolvedAt: new Date(day(22, '12:00:00')),
      }),
      discrepancy('MISSING_AT_PROVIDER', '007', ['pl-007', '+DATA_NOT_FOUND'], day(22, '02:00:10')),
      discrepancy('STATUS_REGRESSION', 'overdue-requested', ['REQUESTED', 'PENDING'], day(21, '02:00:11')),
      discrepancy('UNKNOWN_STATUS', 'overdue-requested', ['REQUESTED', '=ON_HOLD'], day(21, '02:00:12')),
      discrepancy('FINAL_CHANGED', 'failed-then-paid', ['FAILED', 'SUCCEEDED'], day(21, '16:00:00')),
      discrepancy('REVERSED_AFTER_SUCCESS', 'reversed-later', ['SUCCEEDED', 'REVERSED'], day(22, '15:00:00')),
      discrepancy('UNMATCHED_WEBHOOK', 'not-ours', ['', 'SUCCEEDED'], day(21, '13:00:00'), {
        amount: 77_000n,
        detectedBy: 'WEBHOOK',
      }),
    ],
    decisions: [
      ['written-off', 'WRITE_OFF', '=too small; "really"', day(21, '14:00:00')],
      ['written-off', 'RETRY', 'refused: it was written off', day(21, '16:00:00')],
      ['claim-1', 'CONTACTED', '', day(21, '15:00:00')],
      ['claim-1', 'RETRY', 'topped up', day(22, '01:00:00')],
    ].map(([externalId, word, note, at]) => ({
      account: 'default',
      externalId: externalId!,
      word: word!,
      note: note!,
      at: new Date(at!),
      refused: note!.startsWith('refused'),
    })),
    slots: [
      slot('2026-11-20', day(21, '02:01:00'), {
        balance: 1_234_567_890n,
        reads: [
          { externalId: 'overdue-pending', outcome: 'READ' },
          { externalId: 'overdue-requested', outcome: 'READ' },
        ],
      }),
      // Today's provisional one, which the later run replaces.
      slot('2026-11-21', day(21, '18:00:00'), { provisional: true }),
      // Links are unread: open, until it is sealed without them.
      slot('2026-11-21', day(22, '02:01:00'), {
        open: true,
        reads: [{ externalId: 'overdue-requested', outcome: 'UNREACHABLE', reason: 'http 500' }],
      }),
      slot('2026-11-21', day(22, '08:00:05'), {
        balance: -5n,
        reads: [
          { externalId: 'overdue-pending', outcome: 'READ' },
          { externalId: 'overdue-requested', outcome: 'UNREACHABLE', reason: 'http 500' },
          { externalId: '=1+1', outcome: 'UNREACHABLE', reason: 'timeout' },
          { externalId: '007', outcome: 'MISSING' },
          { externalId: 'paid', outcome: 'READ', watched: true },
        ],
      }),
      slot('2026-11-22', day(23, '02:01:00')),
      slot('2026-11-23', day(23, '08:00:00'), { provisional: true }),
    ],
  };
}

export const GOLDEN_CASES: readonly GoldenCase[] = [
  midnight('midnight-in-jakarta', 'Asia/Jakarta', '+07:00'),
  midnight('midnight-in-los-angeles', 'America/Los_Angeles', '-08:00'),
  clocksForward,
  clocksBack,
  monthEnd,
  leapDay,
  noRows,
  rich('rich-english', 'en', ','),
  rich('rich-indonesian', 'id', ';'),
];
