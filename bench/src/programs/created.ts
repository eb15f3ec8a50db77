/** The provider's response to a create, as far as the baselines read it. */
export interface Created {
  id: string;
  external_id: string;
  amount: number;
  status: string;
  payout_url: string;
  expiration_timestamp: string;
  created: string;
}

/** @throws when the response is not about the payout that was sent */
export function requireSame(data: Created, externalId: string, amount: number): void {
  const { id, external_id: seenId, amount: seenAmount, status } = data;
  if (typeof id !== 'string' || seenId !== externalId || seenAmount !== amount || status !== 'PENDING')
    throw new Error(`unusable response about ${externalId}`);
}
