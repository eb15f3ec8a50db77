import { describe, expect, it } from '@jest/globals';
import type { DeliveryTarget } from 'app-runtime';
import type { DeliveryContent, DeliveryEvent } from './content.js';
import { targetsFor } from './wanted.js';

const target = (name: string, given: object = {}) => ({ type: 'webhook', name, ...given }) as DeliveryTarget;
const TARGETS = [
  target('always'),
  target('findings', { when: 'findings' }),
  target('problem', { when: 'problem' }),
  target('elsewhere', { accounts: ['second'] }),
];

const slot = (given: object = {}, lines: object = {}) =>
  ({
    type: 'slot',
    result: { incomplete: false, footed: true, discrepancies: 0, ...given },
    digest: { lines: { IDR: lines } },
  }) as unknown as DeliveryContent;
const some = { count: 1, amount: '1' };
const statement = (given: object, findings = 0) =>
  ({ type: 'statement', outcome: { balanced: true, ...given }, findings }) as unknown as DeliveryContent;
const failed = { type: 'failed', run: {} } as unknown as DeliveryContent;

describe('targets get', () => {
  it.each<[what: string, event: DeliveryEvent, content: DeliveryContent, names: string[]]>([
    ['a slot without news', 'SEALED', slot(), ['always']],
    ['old failures', 'SEALED', slot({}, { failures_closing: some }), ['always']],
    ['a new failure', 'SEALED', slot({}, { failures_new: some }), ['always', 'findings']],
    ['a failure that is back', 'SEALED', slot({}, { failures_reopened: some }), ['always', 'findings']],
    ['a discrepancy', 'SEALED', slot({ discrepancies: 1 }), ['always', 'findings']],
    ['an incomplete slot', 'SEALED', slot({ incomplete: true }), ['always', 'findings', 'problem']],
    ['one that does not balance', 'SEALED', slot({ footed: false }), ['always', 'findings', 'problem']],
    ['a slot that stays open', 'OPEN', slot({ incomplete: true }), ['always', 'problem']],
    ['a run that could not be done', 'FAILED', failed, ['always', 'problem']],
    ['a statement that agrees', 'STATEMENT', statement({}), ['always']],
    ['a statement with findings', 'STATEMENT', statement({}, 2), ['always', 'findings']],
    [
      'one that does not balance',
      'STATEMENT',
      statement({ balanced: false }),
      ['always', 'findings', 'problem'],
    ],
  ])('%s (%s): %j', (_, event, content, names) => {
    expect(targetsFor(TARGETS, { account: 'default', event, content }).map(({ name }) => name)).toEqual(
      names,
    );
  });

  it('only what is of their accounts', () => {
    expect(
      targetsFor(TARGETS, { account: 'second', event: 'SEALED', content: slot() }).map(({ name }) => name),
    ).toEqual(['always', 'elsewhere']);
  });
});
