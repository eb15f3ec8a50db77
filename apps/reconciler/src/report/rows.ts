/** Rows as they come from the database, many at a time: one by one, passing them on takes longer than using them. */
export type Batches<Row> = AsyncIterable<readonly Row[]>;

/** Passes every row to a callback. */
export async function* seen<Row>(
  batches: Batches<Row>,
  see: (row: Row) => void,
): AsyncGenerator<readonly Row[], void, void> {
  for await (const rows of batches) {
    rows.forEach(see);
    yield rows;
  }
}

export async function* fromArray<Row>(rows: readonly Row[]): AsyncGenerator<readonly Row[], void, void> {
  yield rows;
}
