import { cpus } from 'node:os';
import { compare, type Line, type Target } from './measure.js';

/** How fast items were processed. */
export interface Speed {
  perSecond: number;
  /** By the time that all processors were busy, whatever with: the program, PostgreSQL, the sandbox and the bench. */
  perCpuSecond: number;
}

/** Measures some work. @param work returns its seconds */
export async function speedOf(items: number, work: () => Promise<number>): Promise<Speed> {
  const cpuBefore = busySeconds();
  const seconds = await work();
  return { perSecond: items / seconds, perCpuSecond: items / (busySeconds() - cpuBefore) };
}

/** Compares speeds twice: by the clock, which depends on what else the machine does, and by processor time. */
export function compareSpeed(
  measured: string,
  target: Target,
  product: readonly Speed[],
  baseline: readonly Speed[],
): Line[] {
  return (['perSecond', 'perCpuSecond'] as const).map((per) =>
    compare(
      { measured, unit: per === 'perSecond' ? '/s' : '/CPU s', by: 'ratio', target },
      product.map((speed) => speed[per]),
      baseline.map((speed) => speed[per]),
    ),
  );
}

/** Seconds that the processors were busy since the machine was started. */
export function busySeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1_000;
}
