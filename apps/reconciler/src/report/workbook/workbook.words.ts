import type { SheetWords } from './sheet.writer.js';

/** The workbook's own texts, in the languages of the reports. */
export const WORKBOOK_WORDS: Readonly<Record<'en' | 'id', SheetWords>> = {
  en: {
    more: (count, file) => `more rows, in ${file} only: ${count}`,
    cut: ' … (cut: the CSV has all of it)',
  },
  id: {
    more: (count, file) => `baris lainnya, hanya di ${file}: ${count}`,
    cut: ' … (terpotong: selengkapnya di CSV)',
  },
};
