const NUMBERS = new Intl.NumberFormat('en-GB');

/**
 * A line of a preview: a label, a count, an amount of rupiah.
 * @param count null: no count
 * @param amount null: unknown
 */
export function moneyLine(
  label: string,
  count: number | null,
  amount: bigint | null,
  [one, many]: readonly [one: string, many: string] = ['link', 'links'],
): string {
  const counted = count === null ? '' : `${NUMBERS.format(count)} ${count === 1 ? one : many}`;
  const worth = amount === null ? 'unknown' : `IDR ${NUMBERS.format(amount)}`;
  return `  ${label.padEnd(16)}  ${counted.padStart(14)}  ${worth.padStart(26)}`;
}

/** What is to be sent beside the balance, and what is missing. @param balance null: unknown */
export function balanceLines(toSend: bigint, balance: bigint | null): string[] {
  return [
    moneyLine('balance', null, balance),
    ...(balance !== null && toSend > balance ? [moneyLine('MISSING', null, toSend - balance)] : []),
  ];
}
