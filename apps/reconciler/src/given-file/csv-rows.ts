import { parse } from 'csv-parse/sync';
import { RefusedFileError } from './refused-file.error.js';

const DELIMITERS = [',', ';', '\t'];
/** How files of the old Excel format begin. */
const OLD_EXCEL = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/**
 * The rows of a CSV file as spreadsheets save it: any of their delimiters, with or without a byte order mark, UTF-8,
 * UTF-16 or Windows' Western code page.
 * @param options `orWorkbook`: the caller takes workbooks too @default false
 * @throws RefusedFileError when it is not a CSV file
 */
export function readCsvRows(
  bytes: Buffer,
  { orWorkbook = false }: { orWorkbook?: boolean } = {},
): string[][] {
  if (bytes.subarray(0, OLD_EXCEL.length).equals(OLD_EXCEL))
    throw new RefusedFileError([
      `it is in the old Excel format: save it as ${orWorkbook ? '.xlsx or as ' : ''}CSV`,
    ]);
  const decoded = decode(bytes);
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\x08\x0E-\x1F]/.test(decoded)) {
    const wanted = orWorkbook
      ? 'it is neither CSV nor an Excel workbook (.xlsx): save it as one of them'
      : 'it is not a CSV file, or has control characters in it: save the sheet as CSV';
    throw new RefusedFileError([wanted]);
  }
  // For Excel, which does not show this line.
  const text = decoded.replace(/^"?sep=[,;\t]"?\r?\n/i, '');
  const [header = ''] = text.split(/\r?\n/, 1);
  const delimiter = DELIMITERS.toSorted((a, b) => header.split(b).length - header.split(a).length)[0]!;
  try {
    // Tools that add rows to a spreadsheet's file mix its line ends with their own.
    const record_delimiter = text.includes('\n') ? ['\r\n', '\n'] : ['\r'];
    return parse(text, { delimiter, record_delimiter, relax_column_count: true });
  } catch (cause) {
    const { lines } = cause as { lines?: number };
    const where = lines === undefined ? '' : ` near line ${lines}`;
    throw new RefusedFileError(
      [`it cannot be read as CSV${where}: a quote (") is not closed, or is in a cell`],
      {
        cause,
      },
    );
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
