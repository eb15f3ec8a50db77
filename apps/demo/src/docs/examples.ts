import type {
  HistoryResponse,
  PayoutLinkResponse,
  PayoutLinkPageResponse,
} from '../payout-links/payout-link.response.js';

const ID = '5b0f7f5e-6c1b-4c39-9c62-0f7a4d1e8a11';
const PROVIDER_ID = '3f2c1f0e-6a57-4d6a-9a3e-1f0b7f3c2d10';

const PENDING = {
  id: ID,
  externalId: 'refund-2026-0001',
  account: 'default',
  providerId: PROVIDER_ID,
  amount: 1_500_000,
  currency: 'IDR',
  email: 'siti@example.com',
  status: 'PENDING',
  providerStatus: 'PENDING',
  failureCode: null,
  advice: null,
  payoutUrl: `http://127.0.0.1:4010/web/${PROVIDER_ID}`,
  expiresAt: '2026-02-03T09:00:00.000Z',
  createdAt: '2026-01-31T09:00:00.000Z',
  updatedAt: '2026-01-31T09:00:00.412Z',
  reissueOf: null,
} satisfies PayoutLinkResponse;

const UNCONFIRMED = {
  ...PENDING,
  providerId: null,
  status: 'UNCONFIRMED',
  providerStatus: null,
  payoutUrl: null,
  expiresAt: null,
} satisfies PayoutLinkResponse;

const FAILED = {
  ...PENDING,
  status: 'FAILED',
  providerStatus: 'FAILED',
  failureCode: 'TEMPORARY_TRANSFER_ERROR',
  advice: {
    retry: 'RETRY_LATER',
    owner: 'NOBODY',
    notBefore: '2026-01-31T10:30:00.000Z',
    automaticAt: null,
    text: 'Retry after 1 to 3 hours.',
  },
  updatedAt: '2026-01-31T09:30:00.731Z',
} satisfies PayoutLinkResponse;

const REISSUED = {
  ...PENDING,
  id: '0d4f2c0a-4b3e-4f6d-8f0e-6b1f2a9c7e55',
  externalId: 'refund-2026-0001-r1',
  providerId: 'c7a9a0a2-7be0-4e7e-8a25-5d8a7f3b9f01',
  payoutUrl: 'http://127.0.0.1:4010/web/c7a9a0a2-7be0-4e7e-8a25-5d8a7f3b9f01',
  expiresAt: '2026-02-03T11:00:00.000Z',
  createdAt: '2026-01-31T11:00:00.000Z',
  updatedAt: '2026-01-31T11:00:00.390Z',
  reissueOf: ID,
} satisfies PayoutLinkResponse;

const of = <Value>(summary: string, value: Value) => ({ summary, value });

/** Payout links in responses. */
export const LINK_EXAMPLES = {
  pending: of('waiting for its recipient', PENDING),
  unconfirmed: of('unknown whether it was created', UNCONFIRMED),
  requested: of('claimed', {
    ...PENDING,
    status: 'REQUESTED',
    providerStatus: 'REQUESTED',
  } satisfies PayoutLinkResponse),
  failed: of('failed, with what to do about it', FAILED),
  voided: of('taken back', {
    ...PENDING,
    status: 'VOIDED',
    providerStatus: 'VOIDED',
  } satisfies PayoutLinkResponse),
  abandoned: of('ended by an operator', {
    ...UNCONFIRMED,
    status: 'REJECTED',
    failureCode: 'ABANDONED',
    advice: {
      retry: 'DO_NOT_RETRY',
      owner: 'NOBODY',
      notBefore: null,
      automaticAt: null,
      text: 'Ended by an operator: never created at the provider.',
    },
  } satisfies PayoutLinkResponse),
  reissued: of('in place of another', REISSUED),
  reissuedUnconfirmed: of('a replacement, unknown whether it was created', {
    ...UNCONFIRMED,
    id: REISSUED.id,
    externalId: REISSUED.externalId,
    reissueOf: ID,
  } satisfies PayoutLinkResponse),
} as const;

export const PAGE_EXAMPLES = {
  'a page': of('a page, and more after it', {
    items: [REISSUED, FAILED],
    nextCursor: 'MjAyNi0wMS0zMVQwOTowMDowMC4wMDBaIDViMGY3ZjVl',
  } satisfies PayoutLinkPageResponse),
  nothing: of('nothing', { items: [], nextCursor: null } satisfies PayoutLinkPageResponse),
};

export const HISTORY_EXAMPLES = {
  failed: of('a link whose transfer failed', {
    items: [
      { from: null, to: 'CREATING', source: 'API', seenAt: '2026-01-31T09:00:00.000Z', raw: null },
      {
        from: 'CREATING',
        to: 'PENDING',
        source: 'API',
        seenAt: '2026-01-31T09:00:00.412Z',
        raw: { id: PROVIDER_ID, external_id: PENDING.externalId, amount: PENDING.amount, status: 'PENDING' },
      },
      {
        from: 'PENDING',
        to: 'FAILED',
        source: 'WEBHOOK',
        seenAt: '2026-01-31T09:30:00.731Z',
        raw: { id: PROVIDER_ID, status: 'FAILED', failure_reason: 'TEMPORARY_TRANSFER_ERROR' },
      },
    ],
  } satisfies HistoryResponse),
};

/** Request bodies. */
export const BODY_EXAMPLES = {
  create: {
    plain: of('all that is needed', {
      externalId: 'refund-2026-0001',
      amount: 1_500_000,
      email: 'siti@example.com',
    }),
    'with data of your own': of('with data of your own', {
      externalId: 'refund-2026-0002',
      amount: 250_000,
      email: 'budi@example.com',
      metadata: { order: 'INV-7731' },
    }),
  },
  reissue: {
    plain: of('as the advice allows', { reason: 'the recipient has opened another account' }),
    'although it is advised against': of('although it is advised against', {
      reason: 'the bank has confirmed the account',
      force: true,
    }),
    'to a corrected address': of('to a corrected address', {
      reason: 'the address had a typing error',
      email: 'siti.rahayu@example.com',
    }),
    'with an external id of your own': of('with an external id of your own', {
      reason: 'resent by an operator',
      externalId: 'refund-2026-0001-b',
    }),
  },
  abandon: {
    plain: of('after four days', { reason: 'the provider has no payout with this external id' }),
  },
  adopt: { plain: of('the id that the dashboard shows', { providerId: PROVIDER_ID }) },
};

/** The provider's deliveries, in both shapes. */
export const DELIVERY_EXAMPLES = {
  'disbursement.completed': of('paid', {
    event: 'disbursement.completed',
    business_id: '5f27a14a9bf05c73dd040bc8',
    created: '2026-01-31T09:30:00.000Z',
    data: {
      id: PROVIDER_ID,
      reference_id: PENDING.externalId,
      amount: PENDING.amount,
      currency: 'IDR',
      status: 'SUCCEEDED',
      created: '2026-01-31T09:00:00.000Z',
      updated: '2026-01-31T09:30:00.000Z',
    },
  }),
  'disbursement.failed': of('failed', {
    event: 'disbursement.failed',
    business_id: '5f27a14a9bf05c73dd040bc8',
    created: '2026-01-31T09:30:00.000Z',
    data: {
      id: PROVIDER_ID,
      reference_id: PENDING.externalId,
      amount: PENDING.amount,
      currency: 'IDR',
      status: 'FAILED',
      failure_code: 'INVALID_DESTINATION',
      created: '2026-01-31T09:00:00.000Z',
      updated: '2026-01-31T09:30:00.000Z',
    },
  }),
};
