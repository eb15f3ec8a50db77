/** The banks and wallets a recipient can choose, by the provider's code. */
export const BANKS: Readonly<Record<string, string>> = {
  BCA: 'Bank Central Asia (BCA)',
  BRI: 'Bank Rakyat Indonesia (BRI)',
  MANDIRI: 'Bank Mandiri',
  BNI: 'Bank Negara Indonesia (BNI)',
  BSI: 'Bank Syariah Indonesia (BSI)',
  BTN: 'Bank Tabungan Negara (BTN)',
  CIMB: 'Bank CIMB Niaga',
  DANAMON: 'Bank Danamon',
  PERMATA: 'Bank Permata',
  PANIN: 'Bank Panin',
  OCBC: 'Bank OCBC Indonesia',
  MAYBANK: 'Bank Maybank Indonesia',
  MEGA: 'Bank Mega',
  BTPN: 'Bank SMBC Indonesia (BTPN)',
  JAGO: 'Bank Jago',
  SEABANK: 'SeaBank Indonesia',
};

/** The codes alone. */
export const BANK_CODES: readonly string[] = Object.keys(BANKS);
