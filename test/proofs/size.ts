/** How large the proofs are: as the issues name them under `npm run proofs:full`, smaller in every test run. */
export const FULL = process.env.PROOFS === 'full';

export function size(reduced: number, full: number): number {
  return FULL ? full : reduced;
}

/** Prints the figures that a proof found. */
export function report(proof: string, figures: Record<string, unknown>): void {
  process.stderr.write(`${proof}${FULL ? ', full size' : ''}: ${JSON.stringify(figures)}\n`);
}
