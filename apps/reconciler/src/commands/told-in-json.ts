import { ExitCode, exitCodeOf, type Program } from 'app-runtime';

/**
 * Works, then prints one JSON object on standard output where that is wanted: what `told` has been filled with by then,
 * and the exit code. A failure is told so too, and thrown on.
 */
export async function toldInJson(
  program: Program,
  { wanted, told }: { wanted: boolean; told: object },
  work: () => Promise<number>,
): Promise<number> {
  const tell = (exitCode: number) => {
    if (wanted) console.log(JSON.stringify({ ...told, exitCode }));
  };
  try {
    const exitCode = await work();
    tell(exitCode);
    return exitCode;
  } catch (error) {
    tell(program.signal.aborted ? ExitCode.DONE : exitCodeOf(error));
    throw error;
  }
}
