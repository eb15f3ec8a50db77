import type { Cell, Twin } from '../csv.js';
import { cellXml, columnName, textXml } from './cell.xml.js';
import { STYLE } from './workbook.parts.js';

/** Texts that say that part of the data is only in the CSV. */
export interface SheetWords {
  /** The sheet's last row when rows were left out. */
  more: (count: number, file: string) => string;
  /** The end of a truncated text. */
  cut: string;
}

/** How a sheet is laid out. */
export interface SheetLayout {
  /** Columns at the left that stay in view. @default 0 */
  frozenColumns: number;
  /** Columns that are printed, from the left. @default all */
  printedColumns?: number;
  /** A column whose cells are chosen from a list of words. */
  choices?: { column: string; words: readonly string[] };
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
/** Column widths are computed from this many rows. */
const ROWS_FOR_WIDTHS = 200;
const WIDEST = 60;
const MARGIN = 2;
/** Width of the filter button in the header. Characters. */
const FILTER_BUTTON = 3;
/** Text goes to the archive in pieces of about this many characters. */
const PIECE = 65_536;

/** Writes rows as the XML of a sheet: frozen header, filter, and at the row limit a line that says so. */
export class SheetWriter implements Twin {
  private headers: readonly string[] = [];
  private first: (readonly Cell[])[] | null = [];
  private text = '';
  private rows = 0;
  private more = 0;

  constructor(
    readonly name: string,
    private readonly put: (text: string, last: boolean) => Promise<void>,
    private readonly words: SheetWords,
    private readonly layout: SheetLayout & { maxRows: number; selected: boolean },
  ) {}

  begin(headers: readonly string[]): void {
    this.headers = headers;
  }

  async write(rows: readonly (readonly Cell[])[]): Promise<void> {
    for (const cells of rows) {
      this.add(cells);
      if (this.text.length >= PIECE) await this.flush(false);
    }
  }

  private add(cells: readonly Cell[]): void {
    if (this.rows === this.layout.maxRows) {
      this.more += 1;
      return;
    }
    this.rows += 1;
    if (this.first) {
      this.first.push(cells);
      if (this.first.length === ROWS_FOR_WIDTHS) this.writeFirst(this.first);
    } else {
      this.writeRow(this.rows + 1, cells);
    }
  }

  async end(): Promise<void> {
    if (this.first) this.writeFirst(this.first);
    if (this.more > 0) {
      const number = this.rows + 2;
      const note = textXml(`A${number}`, this.words.more(this.more, `${this.name}.csv`), STYLE.note);
      this.text += `<row r="${number}">${note}</row>`;
    }
    const filtered = this.filtered.replaceAll('$', '');
    this.text +=
      `</sheetData><autoFilter ref="${filtered}"/>${this.listOfWords()}` +
      '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>' +
      '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>' +
      '<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>' +
      `<ignoredErrors><ignoredError sqref="${filtered}" numberStoredAsText="1"/></ignoredErrors></worksheet>`;
    await this.flush(true);
  }

  /** The cells that are printed: the columns of the layout, with the last line. */
  get printed(): string {
    const { printedColumns = this.headers.length } = this.layout;
    return `$A$1:$${columnName(printedColumns - 1)}$${this.rows + (this.more > 0 ? 2 : 1)}`;
  }

  /** The header and the rows below it, without the last line. */
  get filtered(): string {
    return `$A$1:$${columnName(this.headers.length - 1)}$${this.rows + 1}`;
  }

  /** Lets a column's cells be chosen from a list of words; others are accepted, for their case and spaces. */
  private listOfWords(): string {
    const { choices } = this.layout;
    if (!choices || this.rows === 0) return '';
    const column = columnName(this.headers.indexOf(choices.column));
    return (
      '<dataValidations count="1"><dataValidation type="list" errorStyle="warning" allowBlank="1" showErrorMessage="1"' +
      ` sqref="${column}2:${column}${this.rows + 1}"><formula1>"${choices.words.join(',')}"</formula1>` +
      '</dataValidation></dataValidations>'
    );
  }

  private writeFirst(rows: readonly (readonly Cell[])[]): void {
    this.first = null;
    const columns = this.headers.map((header, index) => {
      const lengths = rows.map((cells) => lengthOf(cells[index] ?? ''));
      const width = MARGIN + Math.min(Math.max(header.length + FILTER_BUTTON, ...lengths), WIDEST);
      return `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`;
    });
    const headers = this.headers.map((header, index) =>
      textXml(`${columnName(index)}1`, header, STYLE.header),
    );
    this.text +=
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${MAIN}">` +
      '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>' +
      `<sheetViews><sheetView${this.layout.selected ? ' tabSelected="1"' : ''} workbookViewId="0">` +
      `${this.frozen()}</sheetView></sheetViews>` +
      `<sheetFormatPr defaultRowHeight="15"/><cols>${columns.join('')}</cols>` +
      `<sheetData><row r="1">${headers.join('')}</row>`;
    for (const [index, cells] of rows.entries()) this.writeRow(index + 2, cells);
  }

  /** The header stays in view, and the first columns. */
  private frozen(): string {
    const { frozenColumns } = this.layout;
    const cell = `${columnName(frozenColumns)}2`;
    const [pane, split] =
      frozenColumns > 0 ? ['bottomRight', `xSplit="${frozenColumns}" `] : ['bottomLeft', ''];
    return (
      `<pane ${split}ySplit="1" topLeftCell="${cell}" activePane="${pane}" state="frozen"/>` +
      `<selection pane="${pane}" activeCell="${cell}" sqref="${cell}"/>`
    );
  }

  private writeRow(number: number, cells: readonly Cell[]): void {
    this.text += `<row r="${number}">`;
    for (const [index, cell] of cells.entries()) {
      this.text += cellXml(`${columnName(index)}${number}`, cell, this.words.cut);
    }
    this.text += '</row>';
  }

  private async flush(last: boolean): Promise<void> {
    const { text } = this;
    this.text = '';
    await this.put(text, last);
  }
}

/** In displayed characters: numbers with a separator at each thousand. */
function lengthOf(cell: NonNullable<Cell>): number {
  const { length } = String(cell);
  return typeof cell === 'number' || typeof cell === 'bigint' ? Math.ceil((length * 4) / 3) : length;
}
