/** A template for the failure catalogue, to complete once the meaning of a new failure code is known. */
export function catalogueLine(failureCode: string): string {
  const text = "{ en: '…', id: '…' }";
  return `{ code: ${JSON.stringify(failureCode)}, retry: 'REVIEW', owner: 'DEVELOPER', meaning: ${text}, advice: ${text} },`;
}
