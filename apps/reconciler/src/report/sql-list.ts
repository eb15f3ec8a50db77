/** Constant words as an SQL list: `'A', 'B'`. */
export function sqlList(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
