import { expect, it } from '@jest/globals';
import { nullsSpelledOut } from './open-api-31.js';

it.each([
  [
    { type: 'string', nullable: true, format: 'uuid' },
    { type: ['string', 'null'], format: 'uuid' },
  ],
  [
    { nullable: true, type: 'object', allOf: [{ $ref: '#/a' }], description: 'x' },
    { anyOf: [{ $ref: '#/a' }, { type: 'null' }], description: 'x' },
  ],
  [
    { properties: { a: { type: 'integer', nullable: true } }, example: null },
    { properties: { a: { type: ['integer', 'null'] } }, example: null },
  ],
  [{ items: [{ type: 'string' }, 3] }, { items: [{ type: 'string' }, 3] }],
])('%j is said as %j', (given, said) => {
  expect(nullsSpelledOut(given)).toEqual(said);
});
