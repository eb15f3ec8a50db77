/**
 * Parts of `confirm`'s statement that keep books of another table: `, name AS (…)`, numbering its own parameters from
 * $1. One that takes locks reads `confirmed` (ids of links) first, so that all take them in one order.
 */
export interface BesideConfirm {
  ctes: string;
  parameters: readonly unknown[];
}
