/** One link of the demo and what happens to it. */
export interface Part {
  /** What happens to the link; the sandbox decides a claim by its account number. */
  plot: 'claim' | 'wrong passcodes' | 'nothing' | 'expire' | 'void' | 'too expensive';
  accountNumber?: string;
  /** Whole rupiah. */
  amount: number;
}

const SUCCEEDS = '1234567890';
const FAILING_ACCOUNTS = ['123456', '999999', '121212', '111111', '222222', '333333', '444444'];
const STAYS_REQUESTED = '131313';
const SUCCEEDS_AND_IS_REVERSED = '654321';
const MORE_THAN_THE_BALANCE = 20_000_000_000;

const times = (count: number, part: (index: number) => Part) =>
  Array.from({ length: count }, (_, i) => part(i));
const claim = (accountNumber: string, amount: number): Part => ({ plot: 'claim', accountNumber, amount });

/** All recipients: 47 who get a link, and one whose payout is refused. */
export const CAST: readonly Part[] = [
  ...times(24, (index) => claim(SUCCEEDS, 150_000 + index * 25_000)),
  ...FAILING_ACCOUNTS.flatMap((account, index) => [
    claim(account, 275_000 + index * 50_000),
    claim(account, 1_000_000),
  ]),
  claim(STAYS_REQUESTED, 425_000),
  claim(SUCCEEDS_AND_IS_REVERSED, 390_000),
  { plot: 'wrong passcodes', amount: 510_000 },
  { plot: 'void', amount: 99_000 },
  ...times(2, () => ({ plot: 'nothing', amount: 80_000 }) as const),
  ...times(3, () => ({ plot: 'expire', amount: 120_000 }) as const),
  { plot: 'too expensive', amount: MORE_THAN_THE_BALANCE },
];
