import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogLevelName } from '../environment/environment.js';

const LEVELS: readonly (readonly [LogLevelName, LogLevel])[] = [
  ['trace', 'verbose'],
  ['debug', 'debug'],
  ['info', 'log'],
  ['warn', 'warn'],
  ['error', 'error'],
];

/** Nest's logger from a level on; on standard error where standard output belongs to the program's result. */
export class ProgramLogger extends ConsoleLogger {
  readonly #stream: 'stdout' | 'stderr' | undefined;

  constructor({ level, stream }: { level: LogLevelName; stream?: 'stderr' }) {
    const from = LEVELS.findIndex(([name]) => name === level);
    super({ logLevels: ['fatal', ...LEVELS.slice(from).map(([, name]) => name)] });
    this.#stream = stream;
  }

  protected override printMessages(
    messages: unknown[],
    context?: string,
    logLevel?: LogLevel,
    writeStreamType?: 'stdout' | 'stderr',
    errorStack?: unknown,
  ): void {
    super.printMessages(messages, context, logLevel, this.#stream ?? writeStreamType, errorStack);
  }
}
