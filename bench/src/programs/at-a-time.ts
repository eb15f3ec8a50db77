/** Runs tasks with a limit on concurrency. @returns seconds */
export async function atATime(
  limit: number,
  count: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: limit }, worker));
  return (performance.now() - startedAt) / 1_000;
}
