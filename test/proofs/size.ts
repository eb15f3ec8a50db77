/** The size of the proofs: full under `npm run proofs:full`, smaller in every test run. */
export const FULL = process.env.PROOFS === 'full';

export function size(reduced: number, full: number): number {
  return FULL ? full : reduced;
}

/** Prints the figures of a proof. */
export function report(proof: string, figures: Record<string, unknown>): void {
  process.stderr.write(`${proof}${FULL ? ', full size' : ''}: ${JSON.stringify(figures)}\n`);
}
