import type { ValueTransformer } from 'typeorm';

/** Whole rupiah: `bigint` in TypeScript, `bigint` in PostgreSQL, never a float on the way. */
export const rupiah: ValueTransformer = {
  from: (value: string | bigint | null) => (value === null ? null : BigInt(value)),
  to: (value: bigint | null) => (value === null || value === undefined ? value : value.toString()),
};

/** A number while JSON can hold it exactly, else a string. */
export function rupiahInJson(amount: bigint): number | string {
  const number = Number(amount);
  return Number.isSafeInteger(number) ? number : amount.toString();
}
