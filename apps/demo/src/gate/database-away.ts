/** Connection lost, server going down or full, database gone: trying again later may help. */
const SQL_STATES = /^(08|57P|53300|3D000|28)/;
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** The driver and its pool give these no code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

/** Whether an error of the ORM or the driver, or what caused it, means that the database cannot be reached. */
export function isDatabaseAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (error instanceof DatabaseSilentError) return true;
  const { code, message, driverError, cause } = error as Record<string, unknown>;
  if (typeof code === 'string' && (SQL_STATES.test(code) || SYSTEM_CODES.has(code))) return true;
  if (typeof message === 'string' && MESSAGES.test(message)) return true;
  return [driverError, cause].some((inner) => inner !== error && isDatabaseAway(inner));
}

/** The database took longer than it may. */
export class DatabaseSilentError extends Error {
  constructor(waitedMs: number) {
    super(`the database gave no answer within ${waitedMs} ms`);
  }
}
