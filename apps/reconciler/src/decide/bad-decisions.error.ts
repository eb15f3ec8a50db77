const SHOWN = 20;

/** The file does not match a reported failures.csv, so nothing is carried out: bad usage. */
export class BadDecisionsError extends Error {
  readonly code = 'BAD_DECISIONS';
  readonly exitCode = 2;

  constructor(problems: readonly string[], options?: ErrorOptions) {
    const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
    super(
      ['The file was refused, nothing was done:', ...problems.slice(0, SHOWN), ...more].join('\n  '),
      options,
    );
    this.name = 'BadDecisionsError';
  }
}

const CELL_SHOWN = 60;

/** A cell in a message: quoted, shortened, control characters escaped. */
export function quoteCell(cell: string): string {
  return JSON.stringify(cell.length > CELL_SHOWN ? `${cell.slice(0, CELL_SHOWN)}…` : cell);
}
