import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogLevelName } from '../environment/environment.js';

const LEVELS: readonly (readonly [LogLevelName, LogLevel])[] = [
  ['trace', 'verbose'],
  ['debug', 'debug'],
  ['info', 'log'],
  ['warn', 'warn'],
  ['error', 'error'],
];

/** Nest's own steps at start: of use to who looks for a fault, noise to everybody else. */
const START_UP = new Set([
  'InstanceLoader',
  'NestFactory',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Nest's logger from a level on; on standard error where standard output belongs to the program's result. */
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
