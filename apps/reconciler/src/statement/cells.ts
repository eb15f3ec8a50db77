const TIME =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(?:(Z)|([+-]\d{2}):?(\d{2})(?: UTC)?)?$/i;
const ZONE = /^(?:(?:UTC|GMT)? ?([+-]\d{2}):?(\d{2})(?: (?:UTC|GMT))?|UTC|GMT|Z)$/i;
const WHOLE = /^(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.0{1,2})?$/;
const DECIMAL = /^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/;
/** Amounts have at most this many digits before the point. */
const MAX_DIGITS = 18;
/** Decimals print exactly within these limits. */
const [MAX_DIGITS_OF_DECIMAL, MAX_FRACTION] = [15, 6];
/** Any time of a statement lies within. */
const [EARLIEST, LATEST] = [new Date('2000-01-01T00:00Z'), new Date('2200-01-01T00:00Z')];

/**
 * A time of a statement: ISO 8601 with `T` or a space. An offset in the time itself takes precedence over the time
 * zone column (`+0700 UTC`); without either it is UTC. Null when it is not readable.
 */
export function parseTime(text: string, zone: string): Date | null {
  const [, date, time, isUtc, hours, minutes] = TIME.exec(text.trim()) ?? [];
  if (date === undefined) return null;
  const own =
    isUtc === undefined && hours === undefined ? parseZone(zone) : isUtc ? 'Z' : `${hours}:${minutes}`;
  if (own === null) return null;
  const parsed = new Date(`${date}T${time}${own}`);
  return isCalendarDay(date) && parsed >= EARLIEST && parsed < LATEST ? parsed : null;
}

/** JavaScript takes 30 February for 2 March. */
function isCalendarDay(date: string): boolean {
  const midnight = new Date(`${date}T00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

/** The offset of a time zone column, as ISO 8601 has it; null when it is not readable. */
export function parseZone(text: string): string | null {
  const zone = text.trim();
  if (zone === '') return 'Z';
  const found = ZONE.exec(zone);
  if (!found) return null;
  return found[1] === undefined ? 'Z' : `${found[1]}:${found[2]}`;
}

/** Whole rupiah: digits, or commas in threes, then at most `.0` or `.00`; null for anything else. */
export function parseRupiah(text: string): string | null {
  const amount = text.trim();
  return WHOLE.test(amount) ? plain(amount.replace(/\.0+$/, '')) : null;
}

/** A decimal number, with commas in threes or none; null for anything else. */
export function parseDecimal(text: string): string | null {
  const amount = text.trim();
  return DECIMAL.test(amount) ? plain(amount) : null;
}

/** Without separators, leading zeros and a plus sign; null when it is too long. */
function plain(amount: string): string | null {
  const [, sign, whole, fraction = ''] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(amount.replaceAll(',', ''))!;
  const digits = whole!.replace(/^0+(?=\d)/, '');
  if (digits.length > MAX_DIGITS) return null;
  const decimals = fraction.replace(/0+$/, '');
  const isTooExact =
    decimals.length > MAX_FRACTION || digits.length + decimals.length > MAX_DIGITS_OF_DECIMAL;
  if (decimals !== '' && isTooExact) return null;
  const value = decimals === '' ? digits : `${digits}.${decimals}`;
  return sign === '-' && /[1-9]/.test(value) ? `-${value}` : value;
}
