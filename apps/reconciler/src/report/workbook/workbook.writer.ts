import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { Zip, ZipDeflate } from 'fflate';
import type { FileSummary } from '../csv.js';
import { SheetWriter, type SheetLayout } from './sheet.writer.js';
import { sheetPath, workbookFiles, type WorkbookProperties } from './workbook.parts.js';
import { WORKBOOK_WORDS } from './workbook.words.js';

/** Rows of a sheet, without its header and the line that says how many more there are. */
const MAX_ROWS = 50_000;

/** The archive stores local time. Noon exists in every time zone, so the bytes are the same everywhere. */
const ENTRY_TIME = new Date(1980, 0, 1, 12);
/** Twice as fast as 6; the file is a fifth larger. */
const LEVEL = 3;
/** Compressed bytes go to the file in pieces of about this size. */
const PIECE = 262_144;

/**
 * Writes an Excel workbook sheet by sheet and row by row, in memory that does not grow with the rows. The same
 * rows and properties give the same bytes. Compressed by fflate, because zlib's bytes differ between processors
 * and Node versions.
 */
export class WorkbookWriter {
  private readonly encoder = new TextEncoder();
  private readonly hash = createHash('sha256');
  private readonly sheets: SheetWriter[] = [];
  private readonly zip: Zip;
  private pending: Uint8Array[] = [];
  private bytes = 0;
  private pendingBytes = 0;

  constructor(
    private readonly file: string,
    private readonly options: { language: 'en' | 'id'; properties: WorkbookProperties; maxRows?: number },
  ) {
    this.zip = new Zip((error, bytes) => {
      if (error) throw error;
      this.pending.push(bytes);
      this.pendingBytes += bytes.length;
    });
  }

  /** Starts the next sheet; the previous one must have ended. `name` is that of its CSV file, without `.csv`. */
  sheet(name: string, layout: SheetLayout = { frozenColumns: 0 }): SheetWriter {
    const { language, maxRows = MAX_ROWS } = this.options;
    const put = this.part(sheetPath(this.sheets.length + 1));
    const sheet = new SheetWriter(name, put, WORKBOOK_WORDS[language], {
      ...layout,
      maxRows,
      selected: this.sheets.length === 0,
    });
    this.sheets.push(sheet);
    return sheet;
  }

  /** Ends the file. */
  async close(): Promise<FileSummary> {
    for (const [path, text] of Object.entries(workbookFiles(this.sheets, this.options.properties))) {
      await this.part(path)(text, true);
    }
    this.zip.end();
    await this.write(true);
    return { rows: 0, sums: {}, sha256: this.hash.digest('hex'), bytes: this.bytes };
  }

  private part(path: string): (text: string, last: boolean) => Promise<void> {
    const entry = new ZipDeflate(path, { level: LEVEL });
    entry.mtime = ENTRY_TIME;
    this.zip.add(entry);
    return async (text, last) => {
      entry.push(this.encoder.encode(text), last);
      if (this.pendingBytes >= PIECE) await this.write(false);
    };
  }

  private async write(last: boolean): Promise<void> {
    const bytes = Buffer.concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    this.hash.update(bytes);
    this.bytes += bytes.length;
    await appendFile(this.file, bytes, { flush: last });
  }
}
