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
