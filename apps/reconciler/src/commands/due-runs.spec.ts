import { describe, expect, it } from '@jest/globals';
import { DueRuns } from './due-runs.js';

describe('the runs of serve', () => {
  const of = ({ exitCodes = [0], open = false }: { exitCodes?: (number | Error)[]; open?: boolean }) => {
    const state = { open, runs: 0 };
    const runs = new DueRuns(
      () => {
        const code = exitCodes[Math.min(state.runs, exitCodes.length - 1)]!;
        state.runs += 1;
        return code instanceof Error ? Promise.reject(code) : Promise.resolve(code);
      },
      () => Promise.resolve(state.open),
    );
    return { runs, state };
  };

  it('are on schedule, and at no quarter while nothing is left to do', async () => {
    const { runs, state } = of({});
    await runs.onQuarter();
    await runs.onSchedule();
    await runs.onQuarter();
    expect(state.runs).toBe(1);
  });

  it('are at every quarter while a slot is open', async () => {
    const { runs, state } = of({ exitCodes: [3], open: true });
    await runs.onQuarter();
    await runs.onQuarter();
    state.open = false;
    await runs.onQuarter();
    expect(state.runs).toBe(2);
  });

  it.each([[1], [new Error('the database is away')]])(
    'are repeated after one that failed (%s)',
    async (end) => {
      const { runs, state } = of({ exitCodes: [end, 0] });
      await runs.onSchedule().catch(() => undefined);
      await runs.onQuarter();
      await runs.onQuarter();
      expect(state.runs).toBe(2);
    },
  );

  it('are one at a time', async () => {
    let finish: ((exitCode: number) => void) | undefined;
    let started = 0;
    const runs = new DueRuns(
      () => {
        started += 1;
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
      () => Promise.resolve(true),
    );
    const first = runs.onSchedule();
    await Promise.all([runs.onSchedule(), runs.onQuarter()]);
    finish?.(0);
    await first;
    expect(started).toBe(1);
  });
});
