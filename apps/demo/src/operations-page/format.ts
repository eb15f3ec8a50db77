/** `Rp 1.500.000`, exact for any amount. */
export function rupiah(amount: bigint): string {
  return `Rp ${amount.toString().replace(/\B(?=(\d{3})+(?!\d))/g, '.')}`;
}

/** `2026-01-31 09:00:00` in a time zone. */
export function localTime(time: Date, timezone: string): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(time);
}

/** `1.234`. */
export function count(number: number): string {
  return new Intl.NumberFormat('id-ID').format(number);
}
