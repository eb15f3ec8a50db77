import { describe, expect, it } from '@jest/globals';
import { Tallies, totalOf } from './tally.js';

describe('tallies', () => {
  it('add up whole units by currency, beyond what a float can hold', () => {
    const tallies = new Tallies();
    for (let index = 0; index < 3; index += 1) {
      tallies.add('FAILED', { currency: 'IDR', amount: 9_007_199_254_740_991n });
    }
    tallies.add('FAILED', { currency: 'PHP', amount: 1n });
    expect(tallies.get('FAILED')).toEqual({
      count: 4,
      amounts: { IDR: 27_021_597_764_222_973n, PHP: 1n },
    });
  });

  it('have nothing for a key that never came', () => {
    expect(new Tallies().get('FAILED')).toEqual({ count: 0, amounts: {} });
    expect(totalOf([])).toEqual({ count: 0, amounts: {} });
  });

  it('have the largest count first, then by name, in whatever order they came', () => {
    const tallies = new Tallies();
    for (const key of ['b', 'c', 'a', 'c']) tallies.add(key, { currency: 'IDR', amount: 1n });
    expect(tallies.largestFirst().map(([key]) => key)).toEqual(['c', 'a', 'b']);
    expect(totalOf(tallies.byKey.values())).toEqual({ count: 4, amounts: { IDR: 4n } });
  });

  it.each(['__proto__', 'constructor', 'toString'])('take the key %s for what it is', (key) => {
    const tallies = new Tallies();
    tallies.add(key, { currency: 'IDR', amount: 2n });
    expect(tallies.largestFirst()).toEqual([[key, { count: 1, amounts: { IDR: 2n } }]]);
  });
});
