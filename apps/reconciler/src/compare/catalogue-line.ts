/** A row for a host's `failureAdvice`, to be filled in by whoever has found out what a new failure code means. */
export function catalogueLine(failureCode: string): string {
  const text = "{ en: '…', id: '…' }";
  return `${JSON.stringify(failureCode)}: { retry: 'REVIEW', owner: 'DEVELOPER', meaning: ${text}, advice: ${text} },`;
}
