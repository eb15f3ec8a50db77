/** How many rows had which result. */
export function countsOf(results: readonly { result: string }[]): string {
  const counts = new Map<string, number>();
  for (const { result } of results) counts.set(result, (counts.get(result) ?? 0) + 1);
  return [...counts].map(([result, rows]) => `${result.padEnd(16)}  ${rows}`).join('\n');
}
