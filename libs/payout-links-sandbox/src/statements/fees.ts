/** What a successful payout costs, in rupiah; kept when its money comes back. */
export const FEE = 5_000;

/** 11 % of the fee. */
export const VAT = 550;
