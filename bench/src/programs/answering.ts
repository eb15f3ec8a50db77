import type { Message } from '../program.js';

/** What a program does when the bench asks for it. */
type Commands = Readonly<Record<string, (argument: never) => Promise<unknown>>>;

/** What the program is built with. */
export function settings(): unknown {
  return JSON.parse(process.argv[2]!);
}

/** Says that the program is ready, and answers until the bench lets go of it. */
export function answerTo(commands: Commands = {}): void {
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
