import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type writeXlsxFile from 'write-excel-file/node';
import type { CellObject, Feature, Sheet } from 'write-excel-file/node';
import type { Cell, FileSummary } from '../csv.js';
import { workbookCell } from './cell.js';

/** Rows that a sheet holds at most, its header and last line aside. */
export const SHEET_ROWS = 50_000;

const WIDTHS: Readonly<Record<string, number>> = {
  external_id: 28,
  payout_link_id: 28,
  recipient_email: 30,
  failure_description: 40,
  recommended_action: 50,
  amount: 16,
  note: 30,
};
const WIDTH = 19;

const MORE = {
  en: (count: number, file: string) => `and ${count} more rows: see ${file}`,
  id: (count: number, file: string) => `dan ${count} baris lagi: lihat ${file}`,
};

type WrittenSheet = Parameters<typeof writeXlsxFile>[0][number];
type FileContent = WrittenSheet extends Sheet<infer Content> ? Content : never;

interface CollectedSheet {
  name: string;
  headers: readonly string[];
  rows: (CellObject | null)[][];
  more: number;
}

/** `report.xlsx`: a sheet for each CSV file, filled while that file is written. Holds its rows in memory, up to a limit. */
export class Workbook {
  private readonly sheets: CollectedSheet[] = [];

  constructor(
    private readonly language: 'en' | 'id',
    private readonly limit = SHEET_ROWS,
  ) {}

  /** Begins the sheet of a file. @returns what takes the cells of each of its rows */
  sheetOf(file: string, headers: readonly string[]): (cells: readonly Cell[]) => void {
    const sheet: CollectedSheet = { name: file.replace(/\.csv$/, ''), headers, rows: [], more: 0 };
    this.sheets.push(sheet);
    return (cells) => {
      if (sheet.rows.length < this.limit) sheet.rows.push(cells.map(workbookCell));
      else sheet.more += 1;
    };
  }

  /** The same rows give the same bytes. */
  async write(file: string): Promise<FileSummary> {
    const { default: writeXlsxFile } = await import('write-excel-file/node');
    const sheets = this.sheets.map((sheet) => this.laidOut(sheet));
    const bytes = await writeXlsxFile(sheets, {
      features: [await filters(this.sheets.map(({ headers, rows }) => [headers.length, rows.length + 1]))],
    }).toBuffer();
    const stable = await withoutMoment(bytes);
    await writeFile(file, stable, { flag: 'wx', flush: true });
    return { rows: 0, sums: {}, sha256: createHash('sha256').update(stable).digest('hex') };
  }

  private laidOut({ name, headers, rows, more }: CollectedSheet): WrittenSheet {
    const header = headers.map((value) => ({ type: String, value, fontWeight: 'bold' as const }));
    const last = more === 0 ? [] : [[{ type: String, value: MORE[this.language](more, `${name}.csv`) }]];
    return {
      sheet: name,
      data: [header, ...rows, ...last],
      columns: headers.map((title) => ({ width: WIDTHS[title] ?? WIDTH })),
      stickyRowsCount: 1,
    };
  }
}

/** Filters over each sheet's columns, which the library leaves to such a feature. */
async function filters(
  sizes: readonly (readonly [columns: number, rows: number])[],
): Promise<Feature<FileContent>> {
  const { getCellAddress, getSelfClosingTagMarkup } = await import('write-excel-file/utility');
  return {
    files: {
      transform: {
        'xl/worksheets/sheet{id}.xml': {
          transform: (xml, _options, { sheetIndex }) => {
            const [columns, rows] = sizes[sheetIndex]!;
            const ref = `A1:${getCellAddress(rows - 1, columns - 1)}`;
            return xml.replace(
              '</sheetData>',
              `</sheetData>${getSelfClosingTagMarkup('autoFilter', { ref })}`,
            );
          },
        },
      },
    },
  };
}

/** A workbook is a zip file, whose entries bear the moment of writing: all of them get the earliest that there is. */
async function withoutMoment(bytes: Uint8Array): Promise<Uint8Array> {
  const { unzipSync, zipSync } = await import('fflate');
  return zipSync(unzipSync(bytes), { mtime: new Date(1980, 0, 1) });
}
