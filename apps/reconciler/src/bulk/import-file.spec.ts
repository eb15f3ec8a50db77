import { describe, expect, it } from '@jest/globals';
import { readImportFile } from './import-file.js';

const read = (content: string) => readImportFile(Buffer.from(content));

describe('a file of links to import', () => {
  it.each<[string, string, RegExp]>([
    ['no provider id', 'provider_id,amount\n,75000', /provider_id \(A2\): it is empty/],
    ['an amount with points', 'provider_id,amount\nx,75.000', /amount \(B2\)/],
    ['a shortened id', 'provider_id,external_id\nx,1.2E+15', /external_id \(B2\)/],
    ['an address that is none', 'provider_id,email\nx,budi', /email \(B2\): it is not an e-mail address/],
    ['an id that could be a path', 'provider_id\n../../balance', /provider_id \(A2\)/],
    ['no such column', 'id\nx', /no column provider_id/],
    ['an id that is a path', 'provider_id\n..', /provider_id \(A2\)/],
  ])('is refused with %s', (_, content, message) => {
    expect(() => read(content)).toThrow(message);
  });

  it('needs the id alone, and leaves out what is empty', () => {
    expect(read('PROVIDER_ID;Amount;note\na-1;;x\n\na-2;75000;y')).toEqual([
      { providerId: 'a-1', externalId: undefined, amount: undefined, email: undefined },
      { providerId: 'a-2', externalId: undefined, amount: 75_000n, email: undefined },
    ]);
  });
});
