/** The output of the applications of `host-…` after a success. */
export const STORY = {
  created: { status: 'PENDING', amount: '150000', open: true },
  handled: { externalId: 'refund-1', from: 'PENDING', to: 'SUCCEEDED', source: 'WEBHOOK' },
  migrations: [
    'CreatePayoutLinks1764000000000',
    'IndexPaidLinks1764000200000',
    'FenceLeases1764000300000',
    'RememberLastSend1764000400000',
    'StandardNames1764000500000',
    'ObserveQueues1764000800000',
    'ImportAndPlan1764001000000',
    'IndexSearch1764001100000',
    'RetainAndRedact1764001200000',
  ],
  webhooks: { withAWrongToken: 401, withTheToken: 200, unreadableWithout: 401 },
  copiesOfTheModule: 1,
};
