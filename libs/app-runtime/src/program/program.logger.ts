import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogLevelName } from '../environment/environment.js';

const LEVELS: readonly (readonly [LogLevelName, LogLevel])[] = [
  ['trace', 'verbose'],
  ['debug', 'debug'],
  ['info', 'log'],
  ['warn', 'warn'],
  ['error', 'error'],
];

/** Contexts of Nest's start-up log: shown only at debug level. */
const START_UP = new Set([
  'InstanceLoader',
  'NestFactory',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Nest's logger from a level on; on standard error when standard output carries the program's result. */
export class ProgramLogger extends ConsoleLogger {
  readonly #stream: 'stdout' | 'stderr' | undefined;

  constructor({ level, stream }: { level: LogLevelName; stream?: 'stderr' }) {
    const from = LEVELS.findIndex(([name]) => name === level);
    super({ logLevels: ['fatal', ...LEVELS.slice(from).map(([, name]) => name)] });
    this.#stream = stream;
  }

  override log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    if (typeof context === 'string' && START_UP.has(context)) this.debug(message, ...rest);
    else super.log(message, ...rest);
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
