import { html, type Html } from 'app-runtime';

/** `Rp 1.500.000`, exact for any amount. */
export function rupiah(amount: bigint): string {
  return `Rp ${grouped(amount)}`;
}

/** `1.500.000`, exact for any amount. */
export function grouped(amount: bigint): string {
  return amount.toString().replace(/\B(?=(\d{3})+(?!\d))/g, '.');
}

/** `2026-01-31 09:00:00` in a time zone. */
export function localTime(time: Date, timezone: string): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(time);
}

/** A time for people and machines. */
export function timeTag(time: Date, timezone: string): Html {
  return html`<time datetime="${time.toISOString()}">${localTime(time, timezone)}</time>`;
}

const ISO_TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** Converts the times in a message to the page's time zone. */
export function withLocalTimes(message: string, timezone: string): string {
  return message.replace(ISO_TIME, (time) => `${localTime(new Date(time), timezone)} (${timezone})`);
}

/** `1.234`. */
export function count(number: number): string {
  return new Intl.NumberFormat('id-ID').format(number);
}

/** `1 link`, `1.234 links`. */
export function counted(number: number, one: string, many: string): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}
