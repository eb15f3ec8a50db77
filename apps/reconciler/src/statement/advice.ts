import type { PayoutLinkStatus } from 'nestjs-payout-links';
import type { MatchResult, TimingReason } from './match.js';

/** What a row is about, for its advice. */
export interface AdvisedMatch {
  result: MatchResult;
  timing: TimingReason | null;
  /** Of ours; null without a link. */
  bookStatus: PayoutLinkStatus | null;
  /** The provider's word; null without a payment. */
  statementStatus: string | null;
}

/** What to do about a match, by language; each says who must act and what first. */
type Advice = Readonly<Record<'en' | 'id', string>>;

const ADVICE = {
  paidTwice: {
    en: 'paid twice: send nothing more to this recipient; the accountant contacts the recipient and the provider, with both transaction ids, before anything else is sent',
    id: 'dibayar dua kali: jangan kirim apa pun lagi ke penerima ini; akuntan menghubungi penerima dan penyedia, dengan kedua ID transaksi, sebelum mengirim yang lain',
  },
  unknownPayment: {
    en: "a payment that our database does not know: the accountant searches the product id and the reference in the provider's dashboard; a developer imports or adopts the link if it is ours, else ask the provider who sent it",
    id: 'pembayaran yang tidak dikenal basis data kita: akuntan mencari Product ID dan Reference di dasbor penyedia; pengembang mengimpor atau mengadopsi tautannya bila milik kita, jika bukan tanyakan kepada penyedia siapa yang mengirim',
  },
  otherAmount: {
    en: "another amount was moved than the link's: treasury holds further payouts to this recipient; the accountant asks the provider which amount was sent",
    id: 'jumlah yang dipindahkan berbeda dari tautan: bendahara menahan pembayaran berikutnya ke penerima ini; akuntan menanyakan kepada penyedia jumlah yang dikirim',
  },
  unconfirmed: {
    en: 'the provider has this payout, while our create has no confirmed result: a developer adopts it with the id that the provider names; do not create or reissue it',
    id: 'penyedia memiliki pembayaran ini, sedangkan pembuatan kita belum terkonfirmasi: pengembang mengadopsinya dengan ID dari penyedia; jangan buat atau terbitkan ulang',
  },
  movedAlthoughDead: {
    en: 'the money left, although the link did not succeed here: do not send it again; the accountant asks the provider for the state of the transfer, and the recipient whether it arrived',
    id: 'uang sudah keluar, padahal tautan tidak berhasil di sini: jangan kirim ulang; akuntan menanyakan status transfer kepada penyedia, dan kepada penerima apakah uangnya tiba',
  },
  returnedAlthoughPaid: {
    en: 'paid here, while the statement says that the money did not leave or came back: the accountant asks the recipient whether it arrived before it is sent again',
    id: 'lunas di sini, sedangkan laporan penyedia menyatakan uang tidak keluar atau kembali: akuntan menanyakan kepada penerima apakah uangnya tiba sebelum dikirim ulang',
  },
  otherStatus: {
    en: 'the two sides disagree on the state of the transfer: the accountant asks the provider, then matches the period again',
    id: 'kedua pihak berbeda tentang status transfer: akuntan menanyakan kepada penyedia, lalu mencocokkan periode ini lagi',
  },
  notInStatement: {
    en: 'claimed here, not in the statement: check that the export is of this account and covers the whole period; then the accountant asks the provider for the transfer; do not send it again',
    id: 'diklaim di sini, tidak ada di laporan penyedia: periksa bahwa ekspor dari akun ini dan mencakup seluruh periode; lalu akuntan menanyakan transfernya kepada penyedia; jangan kirim ulang',
  },
  CHANGED_LATER: {
    en: "nothing to do: the link changed after the period's end",
    id: 'tidak perlu tindakan: tautan berubah setelah akhir periode',
  },
  RETURNED_LATER: {
    en: 'nothing to do: money that left before this statement begins came back',
    id: 'tidak perlu tindakan: uang yang keluar sebelum laporan ini dimulai telah kembali',
  },
  OTHER_PERIOD: {
    en: 'nothing to do: the link was claimed in another period, whose match compares it',
    id: 'tidak perlu tindakan: tautan diklaim di periode lain, yang pencocokannya membandingkannya',
  },
  NEXT_PERIOD: {
    en: 'nothing to do: claimed at the edge of the period, the match of the adjoining period expects the payment',
    id: 'tidak perlu tindakan: diklaim di tepi periode, pencocokan periode yang berdampingan menantikan pembayarannya',
  },
  none: { en: '', id: '' },
} satisfies Record<string, Advice>;

const NOT_CREATED: readonly PayoutLinkStatus[] = ['CREATING', 'UNCONFIRMED', 'REJECTED'];
const MOVED: readonly string[] = ['SUCCESS', 'PENDING', 'DEBITED', 'PARTLY_RETURNED'];

/** What to do about a match. */
export function adviseOnMatch(match: AdvisedMatch, language: 'en' | 'id'): string {
  return adviceOf(match)[language];
}

function adviceOf({ result, timing, bookStatus, statementStatus }: AdvisedMatch): Advice {
  switch (result) {
    case 'DUPLICATE_IN_STATEMENT':
      return ADVICE.paidTwice;
    case 'ONLY_IN_STATEMENT':
      return ADVICE.unknownPayment;
    case 'AMOUNT_DIFFERS':
      return ADVICE.otherAmount;
    case 'ONLY_IN_BOOKS':
      return ADVICE.notInStatement;
    case 'STATUS_DIFFERS':
      return statusAdvice(bookStatus, statementStatus);
    case 'TIMING':
      return timing === null ? ADVICE.none : ADVICE[timing];
    case 'MATCHED':
      return ADVICE.none;
  }
}

function statusAdvice(ours: PayoutLinkStatus | null, theirs: string | null): Advice {
  const hasMoved = theirs !== null && MOVED.includes(theirs);
  if (ours !== null && NOT_CREATED.includes(ours)) return ADVICE.unconfirmed;
  if (ours === 'SUCCEEDED' && !hasMoved) return ADVICE.returnedAlthoughPaid;
  const isAlive = ours === 'SUCCEEDED' || ours === 'REQUESTED' || ours === 'PENDING' || ours === 'UNKNOWN';
  return hasMoved && !isAlive ? ADVICE.movedAlthoughDead : ADVICE.otherStatus;
}

/** Added to the advice on a link that was to be read again at the provider, and was not. */
export const NOT_READ: Advice = {
  en: ' (the link was not read again at the provider)',
  id: ' (tautan tidak dibaca ulang di penyedia)',
};
