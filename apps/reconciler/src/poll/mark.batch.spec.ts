import { describe, expect, it } from '@jest/globals';
import { MarkBatch } from './mark.batch.js';

describe('a batch of marks', () => {
  const written: number[][] = [];
  const collect = (size: number) => {
    written.length = 0;
    return new MarkBatch<number>(size, (items) => {
      written.push(items);
      return items.includes(13) ? Promise.reject(new Error('not written')) : Promise.resolve();
    });
  };

  it('is written at once when it is full', async () => {
    const batch = collect(2);
    await Promise.all([1, 2, 3, 4].map((item) => batch.add(item)));
    expect(written).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('is written after a moment when no more items come', async () => {
    const batch = collect(10);
    await Promise.all([1, 2].map((item) => batch.add(item)));
    await batch.add(3);
    expect(written).toEqual([[1, 2], [3]]);
  });

  it('that cannot be written fails for its own items alone', async () => {
    const batch = collect(2);
    const settled = await Promise.allSettled([1, 13, 3, 4].map((item) => batch.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
  });
});
