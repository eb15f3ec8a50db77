type Parse = (text: string) => unknown;

const BOOLEAN = 16;
const SMALLINT = 21;
const INTEGER = 23;
const JSON_OID = 114;
const REAL = 700;
const DOUBLE = 701;
const TIMESTAMPTZ = 1184;

const PARSERS = new Map<number, Parse>([
  [BOOLEAN, (text) => text === 't'],
  [SMALLINT, Number],
  [INTEGER, Number],
  [REAL, Number],
  [DOUBLE, Number],
  [JSON_OID, (text) => JSON.parse(text) as unknown],
  [TIMESTAMPTZ, parseTimestamp],
]);

/**
 * How the library's connections parse PostgreSQL's text. A host may change the parsers of the whole process
 * (`pg.types.setTypeParser`, `parseInt8`), to get times as strings for instance. `bigint` and all other types stay
 * text.
 */
export const TYPE_PARSERS = {
  getTypeParser: (oid: number): Parse => PARSERS.get(oid) ?? ((text) => text),
};

/** Parses `2026-11-28 20:41:00.123456+07`. A `Date` has milliseconds; digits beyond them are dropped. */
function parseTimestamp(text: string): Date {
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
}
