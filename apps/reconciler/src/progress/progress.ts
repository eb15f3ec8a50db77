import { SingleBar } from 'cli-progress';

/** Shows the progress of a run on standard error. */
export interface Progress {
  /** A separate line. */
  say(text: string): void;
  /** Starts a phase with a number of steps, of which `done` are complete. */
  begin(title: string, total: number, done: number): void;
  /** The number of complete steps. */
  update(done: number): void;
  end(): void;
}

/** Lines for a log. */
export function logProgress(log: (line: string) => void): Progress {
  return new Lines(log);
}

/** A bar on a terminal, a line per step elsewhere, nothing when it is off. */
export function openProgress({
  wanted,
  stream = process.stderr,
}: {
  wanted: boolean;
  stream?: NodeJS.WriteStream;
}): Progress {
  if (!wanted) return SILENT;
  return stream.isTTY ? new Bar(stream) : new Lines((line) => stream.write(`${line}\n`));
}

const SILENT: Progress = {
  say: () => undefined,
  begin: () => undefined,
  update: () => undefined,
  end: () => undefined,
};

class Bar implements Progress {
  #bar: SingleBar | undefined;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  say(text: string): void {
    this.stream.write(`${text}\n`);
  }

  begin(title: string, total: number, done: number): void {
    if (total === 0) return this.say(`${title}: nothing to do`);
    this.#bar = new SingleBar({
      stream: this.stream,
      format: `${title} {bar} {value}/{total} · {eta_formatted} left`,
      hideCursor: true,
      barsize: 30,
    });
    this.#bar.start(total, done);
  }

  update(done: number): void {
    this.#bar?.update(done);
  }

  end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

class Lines implements Progress {
  #title = '';
  #total = 0;
  #done = 0;

  constructor(private readonly write: (line: string) => void) {}

  say(text: string): void {
    this.write(text);
  }

  begin(title: string, total: number, done: number): void {
    this.#title = title;
    this.#total = total;
    this.#done = done;
    this.say(`${title}: ${total - done} to do`);
  }

  update(done: number): void {
    const tenths = (steps: number) => Math.floor((10 * steps) / this.#total);
    if (tenths(done) > tenths(this.#done) && done < this.#total) {
      this.say(`${this.#title}: ${done}/${this.#total}`);
    }
    this.#done = done;
  }

  end(): void {
    const isDone = this.#done >= this.#total;
    this.say(`${this.#title}: ${isDone ? 'done' : `stopped at ${this.#done}/${this.#total}`}`);
  }
}
