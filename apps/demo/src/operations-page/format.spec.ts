import { describe, expect, it } from '@jest/globals';
import { localTime, rupiah } from './format.js';

describe('format', () => {
  it.each([
    [0n, 'Rp 0'],
    [999n, 'Rp 999'],
    [1_500_000n, 'Rp 1.500.000'],
    [90_071_992_547_409_910_000n, 'Rp 90.071.992.547.409.910.000'],
  ])('%s is %s', (amount, text) => {
    expect(rupiah(amount)).toBe(text);
  });

  it('shows times where the business is', () => {
    expect(localTime(new Date('2026-01-31T18:30:05Z'), 'Asia/Jakarta')).toBe('2026-02-01 01:30:05');
  });
});
