import type { CellValue } from 'read-excel-file/node';
import { RefusedFileError } from '../given-file/refused-file.error.js';
import { unpacksToMore } from './unpacked-size.js';

const SHEET = 'failures';
/** Near the beginning of an `.ods`. */
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';
/** The largest workbook of ours, with 50 000 rows a sheet, unpacks to less. */
const MAX_UNPACKED_BYTES = 200_000_000;
const ZIP = Buffer.from('PK\u0003\u0004');

/** Whether a file may be an Excel workbook: a ZIP archive. */
export function isWorkbook(bytes: Buffer): boolean {
  return bytes.subarray(0, ZIP.length).equals(ZIP);
}

/**
 * The rows of the sheet `failures`, every cell as text.
 * @throws RefusedFileError when it has none, or not all of its rows
 */
export async function readWorkbookRows(bytes: Buffer): Promise<string[][]> {
  if (bytes.subarray(0, 200).includes(OPEN_DOCUMENT))
    throw new RefusedFileError(['it is an OpenDocument spreadsheet: save it as .xlsx or as CSV']);
  if (unpacksToMore(bytes, MAX_UNPACKED_BYTES))
    throw new RefusedFileError(['the workbook is too large: fill in failures.csv instead']);
  // Only loaded for a workbook.
  const { default: readSheets } = await import('read-excel-file/node');
  let sheets;
  try {
    sheets = await readSheets(bytes, { trim: false });
  } catch (cause) {
    throw new RefusedFileError(
      ['it cannot be read as an Excel workbook: save it as .xlsx, or the sheet failures as CSV'],
      { cause },
    );
  }
  const found = sheets.find(({ sheet }) => sheet === SHEET);
  if (!found)
    throw new RefusedFileError([
      `it has no sheet "${SHEET}", only ${sheets.map(({ sheet }) => JSON.stringify(sheet)).join(', ')}`,
    ]);
  const rows = found.data.map((cells) => cells.map(textOf));
  if (rows.some(([first, ...others]) => first !== '' && others.every((cell) => cell === '')))
    throw new RefusedFileError([
      'the workbook does not hold every row, as its last one says: fill in failures.csv instead',
    ]);
  return rows;
}

/** A cell's value as a CSV would have it; times are not compared with the report. */
function textOf(cell: CellValue | null): string {
  if (cell === null) return '';
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === 'number' && Number.isInteger(cell) ? BigInt(cell).toString() : String(cell);
}
