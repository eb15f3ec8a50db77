/** The files of every report set besides its manifest. */
export const REPORT_FILES = [
  'failures.csv',
  'open-links.csv',
  'discrepancies.csv',
  'roll-forward.csv',
  'report.xlsx',
  'report.html',
] as const;

/** The files of every statement set besides its manifest and the provider's. */
export const STATEMENT_SET_FILES = ['matches.csv', 'summary.csv', 'match.html', 'match.xlsx'] as const;

/** The name of a set's manifest. */
export const MANIFEST = 'manifest.json';
