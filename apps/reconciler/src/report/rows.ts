/** Passes every row to a callback. */
export async function* seen<Row>(
  rows: AsyncIterable<Row>,
  see: (row: Row) => void,
): AsyncGenerator<Row, void, void> {
  for await (const row of rows) {
    see(row);
    yield row;
  }
}

export async function* fromArray<Row>(rows: readonly Row[]): AsyncGenerator<Row, void, void> {
  yield* rows;
}
