import type { Line } from './measure.js';
import type { BenchStage } from './stage.js';

/** `full` is what the targets are meant for; `small` shows in a minute that a benchmark works. */
export type Size = 'small' | 'full';

/** How a benchmark is to be measured. */
export interface Plan {
  size: Size;
  /** Measurements of product and baseline each, after one of each that does not count. */
  rounds: number;
  /** Receives progress messages. */
  say: (message: string) => void;
  /** Aborted when the program is asked to end. */
  signal: AbortSignal;
}

/** Compares the product with a baseline. */
export interface Benchmark {
  name: string;
  /** Product, against what. */
  title: string;
  measure(stage: BenchStage, plan: Plan): Promise<Line[]>;
}

/** Measures both in every round, alternating which goes first. */
export async function alternate<Product, Baseline>(
  { rounds, say, signal }: Plan,
  product: () => Promise<Product>,
  baseline: () => Promise<Baseline>,
): Promise<{ product: Product[]; baseline: Baseline[] }> {
  const measured = { product: [] as Product[], baseline: [] as Baseline[] };
  say('warming up');
  await product();
  await baseline();
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}`);
    const steps = [
      async () => void measured.product.push(await product()),
      async () => void measured.baseline.push(await baseline()),
    ];
    for (const step of round % 2 === 1 ? steps : steps.toReversed()) {
      signal.throwIfAborted();
      await step();
    }
  }
  return measured;
}
