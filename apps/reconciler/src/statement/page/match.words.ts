import type { MatchResult } from '../match.js';
import type { StatementKind } from '../statement-line.js';
import type { SummaryLine } from '../summary.js';

/** The texts of `match.html` beside those of the other pages. */
interface MatchWords {
  title: string;
  period: string;
  agree: string;
  nothing: string;
  findings: (count: string) => string;
  doesNotBalance: (amount: string) => string;
  bridge: string;
  line: string;
  rows: string;
  lines: Readonly<Record<SummaryLine, string>>;
  toDo: string;
  noFindings: string;
  more: (count: string) => string;
  result: string;
  payment: string;
  ours: string;
  theirs: string;
  difference: string;
  action: string;
  results: string;
  resultNames: Readonly<Record<MatchResult, string>>;
  fees: string;
  others: string;
  statements: string;
  kinds: Readonly<Record<StatementKind, string>>;
  file: string;
  kind: string;
  fileRows: string;
  files: string;
}

export const MATCH_WORDS: Readonly<Record<'en' | 'id', MatchWords>> = {
  en: {
    title: 'Our books against the statement',
    period: 'claimed within',
    agree: 'The books agree with the statement.',
    nothing: 'There was nothing to compare: neither side has a payment in this period.',
    findings: (count) => `The books do not agree with the statement: ${count} to act on.`,
    doesNotBalance: (amount) => `This match does not balance: ${amount} are left over. Do not rely on it.`,
    bridge: 'From our books to the statement',
    line: 'Line',
    rows: 'Payments',
    lines: {
      books: 'paid by our books',
      only_in_statement: 'only in the statement',
      only_in_books: 'only in our books',
      duplicate_in_statement: 'paid twice',
      amount_differs: 'another amount',
      status_differs: 'another status',
      timing: 'timing',
      pending: 'debited, on its way',
      statement: 'paid by the statement',
      difference: 'difference',
      fees: 'fees',
      vat: 'VAT on fees',
      other_payments: 'other payments',
      other_types: 'other types',
    },
    toDo: 'Findings',
    noFindings: 'none: nothing to act on',
    more: (count) => `and ${count} more, in matches.csv`,
    result: 'Result',
    payment: 'Payment',
    ours: 'Books',
    theirs: 'Statement',
    difference: 'Difference',
    action: 'What to do',
    results: 'All results',
    resultNames: {
      DUPLICATE_IN_STATEMENT: 'paid twice',
      ONLY_IN_STATEMENT: 'only in the statement',
      AMOUNT_DIFFERS: 'another amount',
      STATUS_DIFFERS: 'another status',
      ONLY_IN_BOOKS: 'only in our books',
      TIMING: 'timing, nothing to do',
      MATCHED: 'matched',
    },
    fees: 'Fees and VAT',
    others: 'For information: not compared',
    statements: "The provider's files",
    kinds: { transactions: 'Transactions report', balance: 'Balance report' },
    file: 'File',
    kind: 'Report',
    fileRows: 'Rows',
    files:
      'matches.csv and match.xlsx beside this page have every row, summary.csv the totals, manifest.json the hashes.',
  },
  id: {
    title: 'Pembukuan kita dan laporan penyedia',
    period: 'diklaim dalam',
    agree: 'Pembukuan sesuai dengan laporan penyedia.',
    nothing: 'Tidak ada yang dicocokkan: kedua pihak tidak memiliki pembayaran dalam periode ini.',
    findings: (count) => `Pembukuan tidak sesuai dengan laporan penyedia: ${count} perlu ditindaklanjuti.`,
    doesNotBalance: (amount) => `Pencocokan ini tidak seimbang: tersisa ${amount}. Jangan diandalkan.`,
    bridge: 'Dari pembukuan kita ke laporan penyedia',
    line: 'Baris',
    rows: 'Pembayaran',
    lines: {
      books: 'lunas di pembukuan',
      only_in_statement: 'hanya di laporan',
      only_in_books: 'hanya di pembukuan',
      duplicate_in_statement: 'dibayar dua kali',
      amount_differs: 'jumlah berbeda',
      status_differs: 'status berbeda',
      timing: 'beda waktu',
      pending: 'didebit, dalam proses',
      statement: 'lunas di laporan',
      difference: 'selisih',
      fees: 'biaya',
      vat: 'PPN atas biaya',
      other_payments: 'pembayaran lain',
      other_types: 'jenis lain',
    },
    toDo: 'Temuan',
    noFindings: 'tidak ada: tidak perlu tindakan',
    more: (count) => `dan ${count} lagi, di matches.csv`,
    result: 'Hasil',
    payment: 'Pembayaran',
    ours: 'Pembukuan',
    theirs: 'Laporan',
    difference: 'Selisih',
    action: 'Tindakan',
    results: 'Semua hasil',
    resultNames: {
      DUPLICATE_IN_STATEMENT: 'dibayar dua kali',
      ONLY_IN_STATEMENT: 'hanya di laporan',
      AMOUNT_DIFFERS: 'jumlah berbeda',
      STATUS_DIFFERS: 'status berbeda',
      ONLY_IN_BOOKS: 'hanya di pembukuan',
      TIMING: 'beda waktu, tidak perlu tindakan',
      MATCHED: 'cocok',
    },
    fees: 'Biaya dan PPN',
    others: 'Sebagai informasi: tidak dicocokkan',
    statements: 'Berkas penyedia',
    kinds: { transactions: 'Laporan Transaksi', balance: 'Laporan Saldo' },
    file: 'Berkas',
    kind: 'Laporan',
    fileRows: 'Baris',
    files:
      'matches.csv dan match.xlsx di samping halaman ini memuat setiap baris, summary.csv jumlahnya, manifest.json hash-nya.',
  },
};
