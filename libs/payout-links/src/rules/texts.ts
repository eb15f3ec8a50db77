import { isEmail } from 'class-validator';

/** The longest id, word or code, in characters: a key of an index holds 2 700 bytes, and has two of them. */
export const MAX_ID = 255;

/** Printable, and more than white space: an external id. */
export const PRINTABLE = /^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** As `PRINTABLE`; it becomes a part of a path, where `.` and `..` would mean something else. */
export const PROVIDER_ID = /^(?!\.{1,2}$)(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]+$/u;

const MAX_TEXT = 2_048;

/** A string that a column can store: more than white space, of limited length, without NUL; else null. */
export function text(value: unknown, longest = MAX_TEXT): string | null {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longest && !value.includes('\0')
    ? value
    : null;
}

/** An id by the rule that callers' ids obey; else null. */
export function idText(value: unknown, rule = PRINTABLE): string | null {
  const id = text(value, MAX_ID);
  return id !== null && rule.test(id) ? id : null;
}

/** An e-mail address, by the rule for callers' and the provider's. Not printable text breaks the validator. */
export function isMailbox(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 254 && PRINTABLE.test(value) && isEmail(value);
}
