import { describe, expect, it } from '@jest/globals';
import * as library from 'nestjs-payout-links';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const README = new URL('../../libs/payout-links/README.md', import.meta.url);

/** The cells of the table under a heading, without its header. */
async function tableUnder(heading: string): Promise<string[][]> {
  const [, section] = (await readFile(README, 'utf8')).split(`\n## ${heading}\n`);
  const lines = section!.split(/\n## /)[0]!.split('\n');
  const rows = lines.filter((line) => line.startsWith('| ')).map((line) => line.split('|').slice(1, -1));
  return rows.slice(2).map((row) => row.map((cell) => cell.trim()));
}

const unquoted = (cell: string) => cell.replaceAll('`', '');

describe('the README of the library', () => {
  it('has every status, and says which are open', async () => {
    const printed = (await tableUnder('Statuses')).map(([status, , open]) => [
      unquoted(status!),
      open === 'yes',
    ]);
    const open: readonly string[] = library.OPEN_STATUSES;
    const known = Object.values(library.PayoutLinkStatus).map((status) => [status, open.includes(status)]);
    expect(Object.fromEntries(printed)).toEqual(Object.fromEntries(known));
  });

  it('has every error, with its code', async () => {
    const printed = (await tableUnder('Errors')).map((cells) => cells.slice(0, 2).map(unquoted));
    const bases: unknown[] = [library.PayoutLinksError, library.ProviderError];
    const known = Object.entries(library)
      .filter(
        ([, value]) => typeof value === 'function' && value.prototype instanceof library.PayoutLinksError,
      )
      .filter(([, value]) => !bases.includes(value))
      .map(([name, value]) => {
        const Thrown = value as unknown as new (...given: unknown[]) => library.PayoutLinksError;
        return [name, new Thrown(value === library.InvalidPayoutLinkError ? [] : '', {}).code];
      });
    expect(Object.fromEntries(printed)).toEqual(Object.fromEntries(known));
  });

  it('has every option of the module', async () => {
    const printed = (await tableUnder('Options')).flatMap(([names]) =>
      unquoted(names!)
        .split(', ')
        .map((name) => name.split('.')[0]),
    );
    const declared = await readFile(
      new URL('../../libs/payout-links/src/payout-links.options.ts', import.meta.url),
      'utf8',
    );
    const options = declared.split('export class PayoutLinksOptions {')[1]!.split('\n}\n')[0]!;
    for (const [, name] of options.matchAll(/^ {2}(\w+)\?:/gm)) expect(printed).toContain(name);
  });

  it('has no link to a file that is not there', async () => {
    const links = (await readFile(README, 'utf8')).matchAll(/\]\((?!https?:)([^)#]+)/g);
    for (const [, link] of links) expect([link, existsSync(new URL(link!, README))]).toEqual([link, true]);
  });
});
