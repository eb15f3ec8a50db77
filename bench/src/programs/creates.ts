import { atATime } from './at-a-time.js';

/** Which links to create, and how many at a time. */
interface Creates {
  prefix: string;
  count: number;
  atOnce: number;
}

/** The command that creates links, the same for the product and its baselines. @returns seconds */
export function creates(
  create: (externalId: string, amount: number, email: string) => Promise<unknown>,
): (given: Creates) => Promise<number> {
  return ({ prefix, count, atOnce }) =>
    atATime(atOnce, count, (index) =>
      create(`${prefix}-${index}`, 10_000 + index, `recipient-${index}@example.com`),
    );
}
