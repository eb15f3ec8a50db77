import { maskEmails } from 'nestjs-payout-links/unstable';

const SHOWN = 20;

/** A given file has something wrong in it, so nothing is done: bad usage. */
export class RefusedFileError extends Error {
  readonly code = 'FILE_REFUSED';
  readonly exitCode = 2;

  constructor(problems: readonly string[], options?: ErrorOptions) {
    const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
    super(
      ['The file was refused, nothing was done:', ...problems.slice(0, SHOWN), ...more].join('\n  '),
      options,
    );
    this.name = 'RefusedFileError';
  }
}

const CELL_SHOWN = 60;

/** A cell in a message: quoted, shortened, invisible characters escaped, addresses masked. */
export function quoteCell(cell: string): string {
  const shown = JSON.stringify(cell.length > CELL_SHOWN ? `${cell.slice(0, CELL_SHOWN)}…` : cell);
  const visible = shown.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}\u00A0]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return maskEmails(visible);
}
