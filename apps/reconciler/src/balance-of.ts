import { PayoutLinksError, type PayoutBalance, type PayoutLinksService } from 'nestjs-payout-links';

/** The account's balance at the provider; null when the provider does not say, after `onUnknown` got the reason. */
export async function balanceOf(
  links: PayoutLinksService,
  account: string,
  onUnknown: (reason: string) => void = () => undefined,
): Promise<PayoutBalance | null> {
  try {
    return await links.balance(account);
  } catch (error) {
    if (!(error instanceof PayoutLinksError)) throw error;
    onUnknown(error.message);
    return null;
  }
}
