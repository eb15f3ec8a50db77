/** An entry for the failure catalogue, to be filled in by whoever has found out what a new failure code means. */
export function catalogueLine(failureCode: string): string {
  const text = "{ en: '…', id: '…' }";
  return `{ code: ${JSON.stringify(failureCode)}, retry: 'REVIEW', owner: 'DEVELOPER', meaning: ${text}, advice: ${text} },`;
}
