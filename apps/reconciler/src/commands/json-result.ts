import { ExitCode, exitCodeOf, type Program } from 'app-runtime';

/**
 * Works, then prints one JSON object on standard output where that is wanted: what `told` has been filled with by then,
 * and the exit code. A failure is told so too, and thrown on.
 */
export async function withJsonResult(
  program: Program,
  { wanted, result }: { wanted: boolean; result: object },
  work: () => Promise<number>,
): Promise<number> {
  const print = (exitCode: number) => {
    if (wanted) console.log(JSON.stringify({ ...result, exitCode }));
  };
  try {
    const exitCode = await work();
    print(exitCode);
    return exitCode;
  } catch (error) {
    print(program.signal.aborted ? ExitCode.DONE : exitCodeOf(error));
    throw error;
  }
}
