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

/** Measures each in every round, in the given order and its reverse by turns, after one of each that does not count. */
export async function alternate<Name extends string, Measured>(
  { rounds, say, signal }: Plan,
  programs: Readonly<Record<Name, () => Promise<Measured>>>,
): Promise<Record<Name, Measured[]>> {
  const names = Object.keys(programs) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<
    Name,
    Measured[]
  >;
  for (let round = 0; round <= rounds; round += 1) {
    say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    for (const name of round % 2 === 1 ? names : names.toReversed()) {
      signal.throwIfAborted();
      const result = await programs[name]();
      if (round > 0) measured[name].push(result);
    }
  }
  return measured;
}
