import { describe, expect, it } from '@jest/globals';
import { CostlyValue } from './costly-value.js';

describe('a value that is costly to compute', () => {
  const valueThatTakes = (milliseconds: number) => {
    const state = { now: 0, computed: 0, fails: false };
    const value = new CostlyValue(
      () => {
        state.now += milliseconds;
        state.computed += 1;
        return state.fails ? Promise.reject(new Error('no database')) : Promise.resolve(state.computed);
      },
      () => state.now,
    );
    return { state, value };
  };

  it('is computed for every view while that is quick', async () => {
    const { value } = valueThatTakes(5);
    expect([await value.get(), await value.get()]).toEqual([1, 2]);
  });

  it('is kept for twenty times as long as it took', async () => {
    const { state, value } = valueThatTakes(400);
    await value.get();
    state.now += 7_999;
    expect(await value.get()).toBe(1);
    state.now += 1;
    expect(await value.get()).toBe(2);
  });

  it('is computed once for views at the same time', async () => {
    const { value } = valueThatTakes(5);
    expect(await Promise.all([value.get(), value.get()])).toEqual([1, 1]);
  });

  it('is computed again after a failure', async () => {
    const { state, value } = valueThatTakes(400);
    state.fails = true;
    await expect(value.get()).rejects.toThrow('no database');
    state.fails = false;
    expect(await value.get()).toBe(2);
  });
});
