import { describe, expect, it } from '@jest/globals';
import { counted, localTime, rupiah, withLocalTimes } from './format.js';

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

  it('shows the times in a message there too', () => {
    const message = 'it may not be sent again before 2026-01-31T18:30:05.123Z.';
    expect(withLocalTimes(message, 'Asia/Jakarta')).toBe(
      'it may not be sent again before 2026-02-01 01:30:05 (Asia/Jakarta).',
    );
  });

  it('counts in words', () => {
    expect([counted(1, 'call', 'calls'), counted(1_234, 'call', 'calls')]).toEqual(['1 call', '1.234 calls']);
  });
});
