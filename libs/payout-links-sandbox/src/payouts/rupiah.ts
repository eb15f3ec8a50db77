const THOUSANDS = new Intl.NumberFormat('id-ID');

/** An amount as Indonesians write it: `Rp 23.000`. */
export function rupiah(amount: number): string {
  return `Rp ${THOUSANDS.format(amount)}`;
}
