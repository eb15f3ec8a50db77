import type { ValueTransformer } from 'typeorm';

/** Whole rupiah: `bigint` in TypeScript and in PostgreSQL, never a float. */
export const rupiah: ValueTransformer = {
  from: (value: string | bigint | null) => (value === null ? null : BigInt(value)),
  to: (value: bigint | null) => (value === null || value === undefined ? value : value.toString()),
};

/** A number while JSON can represent it exactly, else a string; undefined stays undefined. */
export function rupiahInJson<T extends bigint | null | undefined>(
  amount: T,
): number | string | Exclude<T, bigint> {
  if (typeof amount !== 'bigint') return amount as Exclude<T, bigint>;
  const number = Number(amount);
  return Number.isSafeInteger(number) ? number : amount.toString();
}
