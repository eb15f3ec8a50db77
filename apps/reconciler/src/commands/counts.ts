/** How many rows had which result, and what status their links have, as far as known. */
export function countsOf(results: readonly { result: string; status?: string | null }[]): string {
  const counts = new Map<string, Map<string, number>>();
  for (const { result, status } of results) {
    const ofResult = counts.get(result) ?? new Map<string, number>();
    counts.set(result, ofResult.set(status ?? '', (ofResult.get(status ?? '') ?? 0) + 1));
  }
  return [...counts]
    .map(([result, statuses]) => {
      const rows = [...statuses.values()].reduce((sum, count) => sum + count, 0);
      const named = [...statuses].filter(([status]) => status !== '' && status !== result);
      const details = named.map(([status, count]) => `${status} ${count}`).join(', ');
      return `${result.padEnd(16)}  ${rows}${details === '' ? '' : `  (${details})`}`;
    })
    .join('\n');
}
