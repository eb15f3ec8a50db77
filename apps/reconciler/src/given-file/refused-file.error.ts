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

/** A cell in a message: quoted, shortened, control characters escaped. */
export function quoteCell(cell: string): string {
  return JSON.stringify(cell.length > CELL_SHOWN ? `${cell.slice(0, CELL_SHOWN)}…` : cell);
}
