import { inspect } from 'node:util';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { logFields, maskEmails } from 'nestjs-payout-links/unstable';
import type { LogFormat, LogLevelName } from '../environment/environment.js';
import { requestId } from './request-id.js';

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

export interface ProgramLoggerOptions {
  level: LogLevelName;
  /** @default `text` on a terminal, else `json` */
  format?: LogFormat;
  /** Where standard output carries the program's result. @default standard output, errors on standard error */
  stream?: 'stderr';
}

/** What Nest passes on about a line. */
type LineOptions = Parameters<ConsoleLogger['getJsonLogObject']>[1];

/**
 * Nest's logger from a level on: lines for people on a terminal, elsewhere one JSON object per line,
 * `{ time, level, msg, context, requestId?, linkId?, externalId?, account?, err? }`. Times are UTC; e-mail addresses are
 * masked.
 */
export class ProgramLogger extends ConsoleLogger {
  readonly #stream: 'stderr' | undefined;

  constructor({ level, format, stream }: ProgramLoggerOptions) {
    const from = LEVELS.findIndex(([name]) => name === level);
    const { isTTY } = process[stream ?? 'stdout'];
    const json = (format ?? (isTTY ? 'text' : 'json')) === 'json';
    super({
      logLevels: ['fatal', ...LEVELS.slice(from).map(([, name]) => name)],
      json,
      // Nest itself respects NO_COLOR.
      ...((json || !isTTY) && { colors: false }),
    });
    this.#stream = stream;
  }

  /** Whether lines are JSON. */
  get isJson(): boolean {
    return this.options.json === true;
  }

  override log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    if (typeof context === 'string' && START_UP.has(context)) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  /** A line that other programs wait for, such as the bound address: at level `info`, whatever the level of the log. */
  announce(message: string, context: string): void {
    this.printMessages([message], context, 'log', 'stdout');
  }

  protected override printMessages(
    messages: unknown[],
    context?: string,
    logLevel?: LogLevel,
    writeStreamType?: 'stdout' | 'stderr',
    errorStack?: unknown,
  ): void {
    const id = this.isJson ? undefined : requestId();
    const suffix = id === undefined ? '' : ` (request ${id})`;
    const masked = messages.map((message) =>
      typeof message === 'string' ? maskEmails(message) + suffix : message,
    );
    super.printMessages(masked, context, logLevel, this.#stream ?? writeStreamType, errorStack);
  }

  protected override printStackTrace(stack: string): void {
    if (this.isJson || !stack) return;
    process.stderr.write(`${maskEmails(stack)}\n`);
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }

  protected override getJsonLogObject(message: unknown, options: LineOptions) {
    const { context, logLevel, errorStack, error } = options;
    const id = requestId();
    const line = {
      time: this.getTimestamp(),
      level: LEVELS.find(([, name]) => name === logLevel)?.[0] ?? 'error',
      msg: typeof message === 'string' ? message : inspect(message, { breakLength: Infinity }),
      context,
      ...(id !== undefined && { requestId: id }),
      ...logFields(),
      ...errorFields(error, errorStack),
    };
    // The base class names its fields otherwise; they are only printed.
    return line as unknown as ReturnType<ConsoleLogger['getJsonLogObject']>;
  }
}

function errorFields(error: Error | undefined, stack: unknown): { err?: object } {
  if (error) {
    const { name, message, stack: trace = '' } = error;
    return { err: { type: name, message: maskEmails(message), stack: maskEmails(trace) } };
  }
  return typeof stack === 'string' ? { err: { stack: maskEmails(stack) } } : {};
}
