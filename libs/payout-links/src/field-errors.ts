import type { ValidationError } from 'class-validator';
import type { FieldError } from './payout-links.errors.js';

/** For class-validator: a misspelt field is an error, not ignored. */
export const KNOWN_ONLY = { whitelist: true, forbidNonWhitelisted: true };

/** class-validator's errors as one flat list. */
export function fieldErrors(errors: readonly ValidationError[], prefix = ''): FieldError[] {
  return errors.flatMap(({ property, constraints, children }) => [
    ...Object.values(constraints ?? {}).map((message) => ({ field: `${prefix}${property}`, message })),
    ...fieldErrors(children ?? [], `${prefix}${property}.`),
  ]);
}
