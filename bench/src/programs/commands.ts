import type { Message } from '../program.js';

/** The commands of a program. */
type Commands = Readonly<Record<string, (argument: never) => Promise<unknown>>>;

/** The program's settings. */
export function settings(): unknown {
  return JSON.parse(process.argv[2]!);
}

/** Reports that the program is ready, and runs commands until the bench disconnects. */
export function serveCommands(commands: Commands = {}): void {
  process.on('message', ({ command, argument }: { command: string; argument: never }) => {
    void commands[command]!(argument).then(
      (response) => say({ response }),
      (error: unknown) =>
        say({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit(0));
  say({ ready: true });
}

function say(message: Message): void {
  process.send!(message);
}
