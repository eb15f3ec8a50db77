import { ExitCode, exitCodeOf, type Program } from 'app-runtime';

/**
 * Runs the work, then prints one JSON object on standard output if wanted: what `result` contains by then, and the
 * exit code. After a failure it prints it too, and rethrows.
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
