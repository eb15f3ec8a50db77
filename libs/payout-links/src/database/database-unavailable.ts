/**
 * Connection exceptions (08), insufficient resources such as too many connections (53), the server starting,
 * shutting down or ending the session (57P), a read-only server after a failover (25006), no such database
 * (3D000), and a role that may not log in at present (28).
 */
const SQL_STATES = /^(08\w{3}|28\w{3}|53\w{3}|57P\w{2}|25006|3D000)$/;
const MAX_CAUSES = 5;
/** "Not currently accepting connections" shares its code with errors of statements; the routine distinguishes them. */
const OBJECT_NOT_IN_PREREQUISITE_STATE = '55000';
const REFUSES_CONNECTIONS = 'CheckMyDatabase';

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

/** `Retry-After` of a 503 for the database, in seconds. */
export const RETRY_AFTER_SECONDS = 5;

/** Errors of the driver and its pool that have no code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

/**
 * Whether an error means that the database is unavailable for now: unreachable, starting, shutting down, out of
 * connections, refusing connections or read-only. Retrying later may help. An operating system's code counts only
 * when a database driver reported it: every other service that a host calls reports the same codes.
 */
export function isDatabaseUnavailable(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSES) return false;
  const { code, severity, message, routine, driverError, cause } = error as Record<string, unknown>;
  // Only PostgreSQL's own errors have a severity; others have five-character codes too.
  if (typeof code === 'string' && typeof severity === 'string') {
    if (SQL_STATES.test(code)) return true;
    if (code === OBJECT_NOT_IN_PREREQUISITE_STATE && routine === REFUSES_CONNECTIONS) return true;
  }
  if (typeof message === 'string' && MESSAGES.test(message)) return true;
  if (isConnectionError(driverError)) return true;
  if (isClientError(error)) return false;
  return [driverError, cause].some((inner) => isDatabaseUnavailable(inner, depth + 1));
}

/** An exception that the host maps to a 4xx response, whatever caused it. */
function isClientError(error: object): boolean {
  const { getStatus } = error as { getStatus?: unknown };
  return typeof getStatus === 'function' && Number(getStatus.call(error)) < 500;
}

/** A connection that could not be opened or was lost, by the operating system's code. */
function isConnectionError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return SYSTEM_CODES.has(String((error as { code?: unknown }).code));
}
