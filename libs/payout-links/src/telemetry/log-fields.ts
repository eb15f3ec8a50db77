import { AsyncLocalStorage } from 'node:async_hooks';

/** What the lines logged by some work are about. */
export interface LogFields {
  account?: string;
  linkId?: string;
  externalId?: string;
}

const storage = new AsyncLocalStorage<LogFields>();

/** Runs the work; lines that it logs are about these things. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/** Adds what became known during the work. */
export function addLogFields(fields: LogFields): void {
  Object.assign(storage.getStore() ?? {}, fields);
}

/** For a logger: what the current line is about. */
export function logFields(): LogFields {
  return storage.getStore() ?? {};
}
