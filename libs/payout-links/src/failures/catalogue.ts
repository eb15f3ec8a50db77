/** What to do about a failed payout: send it again, wait first, do not send it, or review it first. */
export type RetryAdvice = 'RETRY' | 'RETRY_LATER' | 'DO_NOT_RETRY' | 'REVIEW';

/** Who has to act before the recipient can be paid. */
export type FailureOwner = 'TREASURY' | 'RECIPIENT' | 'DEVELOPER' | 'NOBODY';

const ADVICE_LANGUAGES = ['en', 'id'] as const;
export type AdviceLanguage = (typeof ADVICE_LANGUAGES)[number];

/** One entry of the catalogue. */
export interface FailureEntry {
  code: string;
  /** The entry applies only to a create that was refused. */
  onlyAtCreate?: true;
  retry: RetryAdvice;
  owner: FailureOwner;
  /** How long to wait after the failure before a retry, in milliseconds. */
  waitMs?: number;
  /** What the code means. */
  meaning: Record<AdviceLanguage, string>;
  /** What to do. */
  advice: Record<AdviceLanguage, string>;
}

const HOUR_MS = 3_600_000;

/** A repeated external id: the provider's documentation names it with either code. */
export const DUPLICATE_CODES = ['DUPLICATE_PAYOUT_ERROR', 'DUPLICATE_ERROR'] as const;

/** Our code of a reversal for which the provider gives none. */
export const REVERSED_BY_BANK = 'REVERSED_BY_BANK';

/** Our code of a link that was not claimed in time. */
export const EXPIRED_UNCLAIMED = 'EXPIRED_UNCLAIMED';

const CREATE_AGAIN = {
  en: 'Create again with the same external id.',
  id: 'Buat ulang dengan external id yang sama.',
};
const FIX_KEY = {
  en: 'Fix the key or its permission, then create again with the same external id.',
  id: 'Perbaiki kunci atau izinnya, lalu buat ulang dengan external id yang sama.',
};
const ALREADY_AT_PROVIDER = {
  en: 'The provider already has a payout with this external id.',
  id: 'Penyedia sudah memiliki pembayaran dengan external id ini.',
};
const ADOPT_IT = {
  en: 'The provider already holds a payout with this external id: find it there and adopt it; never send it under another id.',
  id: 'Penyedia sudah memiliki pembayaran dengan external id ini: cari di sana lalu adopsi; jangan pernah kirim dengan id lain.',
};

/**
 * All known failure codes, as versioned data. A code that is not here is advised as `UNKNOWN_FAILURE`. See
 * https://docs.xendit.co/integration-payout-links#error-handling
 */
export const FAILURE_CATALOGUE: { readonly version: string; readonly entries: readonly FailureEntry[] } = {
  version: '2026-11-29',
  entries: [
    {
      code: 'INSUFFICIENT_BALANCE',
      retry: 'RETRY',
      owner: 'TREASURY',
      meaning: { en: 'The balance did not cover the payout.', id: 'Saldo tidak mencukupi untuk pembayaran.' },
      advice: { en: 'Top up the balance, then retry.', id: 'Isi ulang saldo, lalu coba lagi.' },
    },
    {
      code: 'INVALID_DESTINATION',
      retry: 'DO_NOT_RETRY',
      owner: 'RECIPIENT',
      meaning: {
        en: 'The recipient’s account does not exist or is invalid.',
        id: 'Rekening penerima tidak ada atau tidak valid.',
      },
      advice: {
        en: 'Ask the recipient to confirm the account.',
        id: 'Minta penerima memastikan rekeningnya.',
      },
    },
    {
      code: 'DESTINATION_MAXIMUM_LIMIT',
      retry: 'DO_NOT_RETRY',
      owner: 'RECIPIENT',
      meaning: {
        en: 'The amount is more than the recipient’s account can receive.',
        id: 'Jumlahnya melebihi yang dapat diterima rekening penerima.',
      },
      advice: {
        en: 'Ask whether the account can receive this amount.',
        id: 'Tanyakan apakah rekening dapat menerima jumlah ini.',
      },
    },
    {
      code: 'REJECTED_BY_CHANNEL',
      retry: 'RETRY',
      owner: 'RECIPIENT',
      meaning: {
        en: 'The receiving bank did not take the transfer.',
        id: 'Bank penerima menolak transfer.',
      },
      advice: {
        en: 'Check that the account is active and takes rupiah, then retry.',
        id: 'Pastikan rekening aktif dan menerima rupiah, lalu coba lagi.',
      },
    },
    {
      code: 'TEMPORARY_TRANSFER_ERROR',
      retry: 'RETRY_LATER',
      owner: 'NOBODY',
      waitMs: HOUR_MS,
      meaning: {
        en: 'The bank network had a temporary error.',
        id: 'Jaringan bank mengalami gangguan sementara.',
      },
      advice: { en: 'Retry after 1 to 3 hours.', id: 'Coba lagi setelah 1 sampai 3 jam.' },
    },
    {
      code: 'TRANSFER_ERROR',
      retry: 'DO_NOT_RETRY',
      owner: 'DEVELOPER',
      meaning: {
        en: 'The transfer failed for good while it was processed.',
        id: 'Transfer gagal permanen saat diproses.',
      },
      advice: {
        en: 'A field of the request is probably invalid: check it before anything is sent again.',
        id: 'Kemungkinan ada isian permintaan yang tidak valid: periksa sebelum mengirim lagi.',
      },
    },
    {
      code: 'ACCOUNT_NAME_MISMATCH',
      retry: 'DO_NOT_RETRY',
      owner: 'RECIPIENT',
      meaning: {
        en: 'The account holder’s name is not the one given.',
        id: 'Nama pemilik rekening tidak sesuai.',
      },
      advice: {
        en: 'Confirm the account holder’s name with the recipient.',
        id: 'Pastikan nama pemilik rekening kepada penerima.',
      },
    },
    {
      code: EXPIRED_UNCLAIMED,
      retry: 'RETRY',
      owner: 'RECIPIENT',
      meaning: {
        en: 'The link expired before it was claimed.',
        id: 'Tautan kedaluwarsa sebelum diklaim.',
      },
      advice: {
        en: 'Contact the recipient, then send a new link.',
        id: 'Hubungi penerima, lalu kirim tautan baru.',
      },
    },
    {
      code: 'RECIPIENT_LOCKED_OUT',
      retry: 'RETRY',
      owner: 'RECIPIENT',
      meaning: {
        en: 'Three wrong passcodes locked the link.',
        id: 'Tautan terkunci setelah tiga kali salah kode sandi.',
      },
      advice: {
        en: 'Check that the e-mail reached the right person, then send a new link.',
        id: 'Pastikan e-mail sampai ke orang yang tepat, lalu kirim tautan baru.',
      },
    },
    {
      code: 'PROVIDER_UNREACHABLE',
      retry: 'RETRY',
      owner: 'DEVELOPER',
      meaning: {
        en: 'The provider could not be reached: nothing was sent.',
        id: 'Penyedia tidak dapat dihubungi: tidak ada yang terkirim.',
      },
      advice: CREATE_AGAIN,
    },
    {
      code: 'RATE_LIMIT_EXCEEDED',
      retry: 'RETRY',
      owner: 'DEVELOPER',
      meaning: {
        en: 'The provider kept refusing requests because of its rate limit.',
        id: 'Penyedia tidak menerima permintaan lagi dalam waktu yang tersedia.',
      },
      advice: CREATE_AGAIN,
    },
    {
      code: 'INVALID_API_KEY',
      onlyAtCreate: true,
      retry: 'RETRY',
      owner: 'DEVELOPER',
      meaning: { en: 'The provider does not know the API key.', id: 'Penyedia tidak mengenali kunci API.' },
      advice: FIX_KEY,
    },
    {
      code: 'REQUEST_FORBIDDEN_ERROR',
      onlyAtCreate: true,
      retry: 'RETRY',
      owner: 'DEVELOPER',
      meaning: {
        en: 'The API key has no permission to create payout links.',
        id: 'Kunci API tidak memiliki izin membuat tautan pembayaran.',
      },
      advice: FIX_KEY,
    },
    {
      code: 'API_VALIDATION_ERROR',
      onlyAtCreate: true,
      retry: 'DO_NOT_RETRY',
      owner: 'DEVELOPER',
      meaning: {
        en: 'The provider found a field of the request invalid.',
        id: 'Penyedia menilai ada isian permintaan yang tidak valid.',
      },
      advice: { en: 'Fix the request.', id: 'Perbaiki isi permintaan.' },
    },
    {
      code: 'DUPLICATE_PAYOUT_ERROR',
      onlyAtCreate: true,
      retry: 'DO_NOT_RETRY',
      owner: 'DEVELOPER',
      meaning: ALREADY_AT_PROVIDER,
      advice: ADOPT_IT,
    },
    // The provider's documentation names the same refusal with either code.
    {
      code: 'DUPLICATE_ERROR',
      onlyAtCreate: true,
      retry: 'DO_NOT_RETRY',
      owner: 'DEVELOPER',
      meaning: ALREADY_AT_PROVIDER,
      advice: ADOPT_IT,
    },
    {
      code: REVERSED_BY_BANK,
      retry: 'RETRY',
      owner: 'RECIPIENT',
      meaning: {
        en: 'The bank returned the money after the payout had succeeded.',
        id: 'Bank mengembalikan dana setelah pembayaran berhasil.',
      },
      advice: {
        en: 'The bank returned the money: check the account with the recipient, then send a new link.',
        id: 'Bank mengembalikan dana: pastikan rekening kepada penerima, lalu kirim tautan baru.',
      },
    },
    {
      code: 'ABANDONED',
      onlyAtCreate: true,
      retry: 'DO_NOT_RETRY',
      owner: 'NOBODY',
      meaning: {
        en: 'An operator ended the create.',
        id: 'Pembuatan tautan diakhiri oleh operator.',
      },
      advice: {
        en: 'Ended by an operator: never created at the provider.',
        id: 'Diakhiri oleh operator: tidak pernah dibuat di penyedia.',
      },
    },
  ],
};

/** The advice for a code that is not in the catalogue. */
export const UNKNOWN_FAILURE: Omit<FailureEntry, 'code'> = {
  retry: 'REVIEW',
  owner: 'DEVELOPER',
  meaning: { en: 'Not in the catalogue.', id: 'Tidak ada di katalog.' },
  advice: {
    en: 'Not in the catalogue: review before acting.',
    id: 'Tidak ada di katalog: periksa sebelum bertindak.',
  },
};
