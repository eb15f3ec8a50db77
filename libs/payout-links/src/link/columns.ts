import type { ValueTransformer } from 'typeorm';

/** Whole rupiah: `bigint` in TypeScript, `bigint` in PostgreSQL, never a float on the way. */
export const rupiah: ValueTransformer = {
  from: (value: string | bigint | null) => (value === null ? null : BigInt(value)),
  to: (value: bigint | null) => (value === null || value === undefined ? value : value.toString()),
};
