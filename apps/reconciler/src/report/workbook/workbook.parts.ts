import { escapeText } from './text.xml.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Cell styles: positions among the `cellXfs` below. */
export const STYLE = { text: 1, number: 2, time: 3, header: 4, longNumber: 5, note: 6 } as const;
export type Style = (typeof STYLE)[keyof typeof STYLE];

// 49 is the text format, so that input into such a cell stays text; 3 is #,##0.
const STYLES = `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="3"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><i/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE3E8EE"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="right" indent="1"/></xf><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="left"/></xf><xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="right" indent="1"/></xf><xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

/** A sheet in the workbook's list. */
export interface ListedSheet {
  name: string;
  /** The filtered cells, as `$A$1:$Y$9`. */
  filtered: string;
  /** The printed cells. */
  printed: string;
}

/** The properties of the file. */
export interface WorkbookProperties {
  title: string;
  creator: string;
  /** Never the time of writing: the same slot gives the same bytes. */
  at: Date;
}

/** The path of a sheet within the workbook, from 1. */
export function sheetPath(number: number): string {
  return `xl/worksheets/sheet${number}.xml`;
}

/** Every file of a workbook except its sheets. */
export function workbookFiles(
  sheets: readonly ListedSheet[],
  properties: WorkbookProperties,
): Record<string, string> {
  const eachSheet = (part: (sheet: ListedSheet, number: number) => string) =>
    sheets.map((sheet, index) => part(sheet, index + 1)).join('');
  return {
    'xl/styles.xml': STYLES,
    'docProps/core.xml': coreProperties(properties),
    'xl/workbook.xml': `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><bookViews><workbookView/></bookViews><sheets>${eachSheet(
      ({ name }, number) => `<sheet name="${escapeText(name)}" sheetId="${number}" r:id="rId${number}"/>`,
    )}</sheets><definedNames>${eachSheet(
      ({ name, filtered, printed }, number) =>
        `<definedName name="_xlnm._FilterDatabase" localSheetId="${number - 1}" hidden="1">'${escapeText(name)}'!${filtered}</definedName>` +
        `<definedName name="_xlnm.Print_Area" localSheetId="${number - 1}">'${escapeText(name)}'!${printed}</definedName>` +
        `<definedName name="_xlnm.Print_Titles" localSheetId="${number - 1}">'${escapeText(name)}'!$1:$1</definedName>`,
    )}</definedNames></workbook>`,
    'xl/_rels/workbook.xml.rels': relationships(
      `${eachSheet((_, number) => relationship(number, `${OFFICE}/worksheet`, `worksheets/sheet${number}.xml`))}${relationship(sheets.length + 1, `${OFFICE}/styles`, 'styles.xml')}`,
    ),
    '_rels/.rels': relationships(
      relationship(1, `${OFFICE}/officeDocument`, 'xl/workbook.xml') +
        relationship(2, `${PACKAGE}/relationships/metadata/core-properties`, 'docProps/core.xml'),
    ),
    '[Content_Types].xml': `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>${eachSheet(
      (_, number) => `<Override PartName="/${sheetPath(number)}" ContentType="${TYPE}.worksheet+xml"/>`,
    )}</Types>`,
  };
}

function relationships(list: string): string {
  return `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${list}</Relationships>`;
}

function relationship(number: number, type: string, target: string): string {
  return `<Relationship Id="rId${number}" Type="${type}" Target="${target}"/>`;
}

function coreProperties({ title, creator, at }: WorkbookProperties): string {
  const moment = (name: string) =>
    `<dcterms:${name} xsi:type="dcterms:W3CDTF">${at.toISOString().slice(0, 19)}Z</dcterms:${name}>`;
  return `${HEAD}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${escapeText(title)}</dc:title><dc:creator>${escapeText(creator)}</dc:creator>${moment('created')}${moment('modified')}</cp:coreProperties>`;
}
