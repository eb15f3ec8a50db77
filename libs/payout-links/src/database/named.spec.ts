import { describe, expect, it } from '@jest/globals';
import { named } from './named.js';

describe('a statement with named parameters', () => {
  it('is numbered in the order of first use, and keeps type casts', () => {
    const statement = named('SELECT :id::uuid, :name, :id WHERE at > :at::timestamptz');
    expect(statement({ at: 3, id: 1, name: null })).toEqual([
      'SELECT $1::uuid, $2, $1 WHERE at > $3::timestamptz',
      [1, null, 3],
    ]);
  });

  it('is not run without one of its values', () => {
    expect(() => named('SELECT :id, :name')({ id: 1 })).toThrow('the statement needs a value for :name');
  });
});
