import { describe, expect, it } from '@jest/globals';
import { ConflictException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { isDatabaseUnavailable } from './database-unavailable.js';

/** An error of PostgreSQL, or of the operating system. */
const coded = (code: string, more: object = {}) =>
  Object.assign(new Error('x'), { code, ...(code.length === 5 && { severity: 'FATAL' }), ...more });
const failed = (driverError: Error) => new QueryFailedError('SELECT 1', undefined, driverError);

function circle(): Error {
  const one = new Error('one');
  const other = new Error('other', { cause: one });
  one.cause = other;
  return one;
}

describe('an error', () => {
  it.each<[string, unknown]>([
    ['connection lost', coded('08006')],
    ['too many connections', coded('53300')],
    ['disk full', coded('53100')],
    ['session ended by an operator', coded('57P01')],
    ['server starting up', coded('57P03')],
    ['read-only after a failover', coded('25006')],
    ['no such database', coded('3D000')],
    ['role that may not log in', coded('28000')],
    ['database that refuses connections', coded('55000', { routine: 'CheckMyDatabase' })],
    ['refused connection, as the driver reports it', failed(coded('ECONNREFUSED'))],
    ['reset connection, as the driver reports it', failed(coded('ECONNRESET'))],
    ['connection that ended in mid-statement', new Error('Connection terminated unexpectedly')],
    ['pool that gave no connection in time', failed(new Error('timeout exceeded when trying to connect'))],
    ['HTTP error that was caused by one', Object.assign(new Error('x'), { cause: failed(coded('57P02')) })],
  ])('means that the database cannot be used for now: %s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['unique violation', failed(coded('23505'))],
    ['missing table', failed(coded('42P01'))],
    ['serialization failure', failed(coded('40001'))],
    ['cancelled statement', failed(coded('57014'))],
    ['sequence that was not used yet', failed(coded('55000', { routine: 'currval_oid' }))],
    ['refused connection to another service', coded('ECONNREFUSED')],
    ['failed fetch', Object.assign(new TypeError('fetch failed'), { cause: coded('ECONNREFUSED') })],
    ['errors that cause each other', circle()],
    ['code of another service', Object.assign(new Error('x'), { code: '53' })],
    ['five characters of another service', Object.assign(new Error('x'), { code: '08006' })],
    [
      'refusal of the host, whatever caused it',
      new ConflictException('x', { cause: failed(coded('57P01')) }),
    ],
    ['text', '57P01'],
    ['nothing', undefined],
  ])('does not mean that: %s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});
