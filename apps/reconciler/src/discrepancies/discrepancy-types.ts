/** All discrepancy types with what to do about each. */
export const DISCREPANCY_ACTIONS = {
  AMOUNT_MISMATCH: {
    en: 'Do not pay it: compare the amount with the provider’s dashboard, and notify the provider.',
    id: 'Jangan dibayar dulu: cocokkan jumlahnya dengan dasbor penyedia, lalu hubungi penyedia.',
  },
  STATUS_REGRESSION: {
    en: 'The provider returned to an earlier status: review the link in its dashboard.',
    id: 'Status di penyedia mundur: periksa tautannya di dasbor penyedia.',
  },
  MISSING_AT_PROVIDER: {
    en: 'The provider does not know it: check the account and key, then ask the provider.',
    id: 'Penyedia tidak mengenalnya: periksa akun dan kunci, lalu tanyakan kepada penyedia.',
  },
  UNCONFIRMED_CREATE: {
    en: 'Search for the external id in the provider’s dashboard; adopt it, or make the same call again.',
    id: 'Cari external id di dasbor penyedia; adopsi tautannya, atau ulangi panggilan yang sama.',
  },
  UNKNOWN_STATUS: {
    en: 'A new status word: review the link in the provider’s dashboard, and notify the developers.',
    id: 'Status baru: periksa tautannya di dasbor penyedia, dan beri tahu pengembang.',
  },
  UNKNOWN_FAILURE_CODE: {
    en: 'Review before anything is sent again; once its meaning is known, paste into FAILURE_CATALOGUE (catalogue.ts):',
    id: 'Periksa sebelum mengirim ulang; setelah artinya diketahui, salin ke FAILURE_CATALOGUE (catalogue.ts):',
  },
  UNMATCHED_WEBHOOK: {
    en: 'A webhook about no link of ours: find out who made that payout.',
    id: 'Webhook tanpa tautan di sini: cari tahu siapa yang membuat pembayaran itu.',
  },
  OVERDUE_PENDING: {
    en: 'It is overdue: review it in the provider’s dashboard, and ask the provider.',
    id: 'Seharusnya sudah selesai: periksa di dasbor penyedia, lalu tanyakan kepada penyedia.',
  },
  REVERSED_AFTER_SUCCESS: {
    en: 'The bank sent the money back: contact the recipient before it is sent again.',
    id: 'Bank mengembalikan dana: hubungi penerima sebelum mengirim ulang.',
  },
  FINAL_CHANGED: {
    en: 'A final status has changed: review the reports of the date on which it was first reported.',
    id: 'Status akhir berubah: periksa laporan pada tanggal pertama kali dilaporkan.',
  },
} as const;

export type DiscrepancyType = keyof typeof DISCREPANCY_ACTIONS;
