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
    en: 'A new reason for failure: review its links before anything is sent again, and notify the developers.',
    id: 'Alasan kegagalan baru: periksa tautannya sebelum mengirim ulang, dan beri tahu pengembang.',
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
    en: 'The bank returned the money: check the account with the recipient, then send a new link.',
    id: 'Bank mengembalikan dana: pastikan rekening kepada penerima, lalu kirim tautan baru.',
  },
  DUPLICATE_AT_PROVIDER: {
    en: 'The provider already holds a payout with this external id: find it in its dashboard and have it adopted. Never send it under another id.',
    id: 'Penyedia sudah memiliki pembayaran dengan external id ini: cari di dasbornya dan minta diadopsi. Jangan pernah kirim dengan id lain.',
  },
  PAID_TWICE: {
    en: 'Two links of one payment succeeded: send nothing more, and ask the recipient and the provider for the money back.',
    id: 'Dua tautan untuk satu pembayaran berhasil: jangan kirim apa pun lagi, dan minta dananya kembali kepada penerima dan penyedia.',
  },
  FINAL_CHANGED: {
    en: 'A final status has changed: review the reports of the date on which it was first reported.',
    id: 'Status akhir berubah: periksa laporan pada tanggal pertama kali dilaporkan.',
  },
} as const;

export type DiscrepancyType = keyof typeof DISCREPANCY_ACTIONS;
