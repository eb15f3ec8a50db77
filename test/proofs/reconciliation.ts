import { ReconcilerStage } from '../reconciler/reconciler.stage.js';
import type { Running } from '../support/programs.js';

const ACCOUNTS = ['1234567890', '1234567890', '121212', '999999', '131313', undefined, undefined];

/** A stage whose provider allows the number of reads that these proofs need. */
export function openStage(): Promise<ReconcilerStage> {
  return ReconcilerStage.open({ rateLimit: 6_000 });
}

/** Links in every status that a poll can find. */
export async function prepare(stage: ReconcilerStage, links: number): Promise<void> {
  const numbers = Array.from({ length: links }, (_, index) => index).values();
  const lane = async () => {
    for (const index of numbers) {
      const account = ACCOUNTS[index % ACCOUNTS.length];
      const link = await stage.create(`link-${index}`, 10_000 + index);
      if (account !== undefined) await stage.caller.claim(link.providerId!, account);
    }
  };
  // The provider's limit is for the polls: the creates must not use it up.
  await Promise.all(Array.from({ length: 8 }, lane));
  await stage.transfersDone();
}

/** How often each link was read so far. */
export async function pollsOf(stage: ReconcilerStage): Promise<Map<string, number>> {
  return new Map(Object.entries(await stage.polls()));
}

/** How often each link was read in between, for those that were. */
export function since(before: Map<string, number>, after: Map<string, number>): number[] {
  return [...after].map(([id, count]) => count - (before.get(id) ?? 0)).filter((count) => count > 0);
}

export async function end(programs: Running[]): Promise<void> {
  for (const { child } of programs) child.kill('SIGTERM');
  await Promise.all(programs.map(({ ended }) => ended));
}
