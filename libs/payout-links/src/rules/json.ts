/** Levels of objects and lists. PostgreSQL gives up at some thousands, whatever reads a value recursively earlier. */
const MAX_LEVELS = 100;

/** Whether a parsed JSON value is nested too deeply to be stored. */
export function isTooDeep(value: unknown, levels = MAX_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}

/**
 * Fields of a caller's JSON with names that every object inherits, such as `constructor`: validators take them for known
 * fields, or break.
 */
export function inheritedNames(value: object): string[] {
  return Object.keys(value).filter((name) => name in Object.prototype);
}
