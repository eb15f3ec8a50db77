import type { ValueTransformer } from 'typeorm';

/** Whole rupiah: `bigint` in TypeScript, `bigint` in PostgreSQL, never a float on the way. */
export const rupiah: ValueTransformer = {
  from: (value: string | bigint | null) => (value === null ? null : BigInt(value)),
  to: (value: bigint | null) => (value === null || value === undefined ? value : value.toString()),
};

/** A number while JSON can hold it exactly, else a string; what was not loaded stays out. */
export function rupiahInJson<T extends bigint | null | undefined>(
  amount: T,
): number | string | Exclude<T, bigint> {
  if (typeof amount !== 'bigint') return amount as Exclude<T, bigint>;
  const number = Number(amount);
  return Number.isSafeInteger(number) ? number : amount.toString();
}
