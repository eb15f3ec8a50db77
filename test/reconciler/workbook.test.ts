import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { readSheet } from 'read-excel-file/node';
import { businessDate, readCsv, ReconcilerStage, type RunResult } from './reconciler.stage.js';

const today = businessDate();
const SHEETS = ['failures', 'open-links', 'discrepancies', 'roll-forward'];
const NUMBERS = ['amount', 'count', 'attempt', 'days_open'];
const TIMES = [
  'retry_not_before',
  'created_at',
  'failed_at',
  'detected_at',
  'expires_at',
  'last_read_at',
  'first_seen_at',
];

describe('report.xlsx', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  const workbookOf = ({ reportSet }: RunResult) => join(reportSet, 'report.xlsx');

  /** A sheet's cells by header, as text again: numbers and dates must have their type there. */
  const rowsOf = async (result: RunResult, sheet: string) => {
    const [headers, ...rows] = await readSheet(workbookOf(result), sheet, { trim: false });
    return rows.map((cells) =>
      Object.fromEntries(
        headers!.map((header, index) => {
          const [name, cell] = [String(header), cells[index]];
          if (cell === null || cell === undefined) return [name, ''];
          expect([name, typeOf(cell)]).toEqual([name, typeIn(name, String(cell))]);
          return [name, cell instanceof Date ? toSeconds(cell) : String(cell)];
        }),
      ),
    );
  };

  it('has a sheet for each CSV file with the same rows, typed, in any language and with any delimiter', async () => {
    const create = (externalId: string, amount = 50_000) =>
      stage.service.create({ externalId, amount, email: 'recipient@example.com' });
    for (const [externalId, account] of [
      ['0012', '123456'],
      ['=1+1', '333333'],
      ['9223372036854775807', '121212'],
    ] as const) {
      await stage.caller.claim((await create(externalId, 123_456_789)).providerId!, account);
    }
    await create('\'quoted" 😀 مرحبا');
    await create('-5');
    const gone = await create('@SUM(1)');
    await stage.transfersDone();
    await stage.database.query("UPDATE payout_link SET provider_id = 'unknown-there' WHERE id = $1", [
      gone.id,
    ]);
    // More digits than Excel's numbers keep.
    await stage.database.query("UPDATE payout_link SET amount = 9007199254740991 WHERE external_id = '-5'");
    const env = { REPORT_CSV_DELIMITER: ';', REPORT_LANGUAGE: 'id' };
    const [result] = (await stage.run(['--date', today], env)).runs;
    const long: string[] = [];
    for (const sheet of SHEETS) {
      const csv = await readCsv(join(result!.reportSet, `${sheet}.csv`), ';');
      expect(csv.length).toBeGreaterThan(0);
      const plain = csv.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, cell]) => [name, cell.replace(/^'(?=[=+\-@])/, '')]),
        ),
      );
      const rows = await rowsOf(result!, sheet);
      expect(rows).toEqual(plain);
      long.push(...rows.map(({ amount }) => amount!).filter((amount) => amount.length > 15));
    }
    expect(long).toContain('9007199254740991');
  });

  it('is laid out for work: ids stay in view, a decision is chosen from a list, and it prints one page wide', async () => {
    await stage.createAndClaim('fails', '121212');
    await stage.transfersDone();
    const [result] = (await stage.run(['--date', today])).runs;
    const parts = unzipSync(await readFile(workbookOf(result!)));
    const part = (name: string) => strFromU8(parts[`xl/${name}.xml`]!);
    const failures = part('worksheets/sheet1');
    expect(failures).toContain('<pane xSplit="2" ySplit="1" topLeftCell="C2" activePane="bottomRight"');
    expect(failures).toContain(
      'sqref="M2:M2"><formula1>"RETRY,RETRY_CONFIRMED,WRITE_OFF,CONTACTED"</formula1>',
    );
    for (const [index] of SHEETS.entries()) {
      const sheet = part(`worksheets/sheet${index + 1}`);
      expect(sheet).toContain('<pageSetUpPr fitToPage="1"/>');
      expect(sheet).toContain('orientation="landscape" fitToWidth="1" fitToHeight="0"');
    }
    expect(part('workbook')).toContain(
      '<definedName name="_xlnm.Print_Titles" localSheetId="0">\'failures\'!$1:$1</definedName>',
    );
    expect(part('workbook')).toContain(
      '<definedName name="_xlnm.Print_Area" localSheetId="0">\'failures\'!$A$1:$N$2</definedName>',
    );
  });

  it('is the same file when another process writes the slot again, in another place and later', async () => {
    await stage.createAndClaim('fails', '121212');
    await stage.create('waits');
    await stage.transfersDone();
    await stage.run(['--date', today]);
    await stage.age(1);
    const [result] = (await stage.run()).runs;
    const before = await readFile(workbookOf(result!));
    await stage.create('later');
    await rm(result!.reportSet, { recursive: true });
    const { code } = await stage.start(['report', '--date', result!.date], { TZ: 'America/New_York' }).ended;
    expect(code).toBe(0);
    expect((await readFile(workbookOf(result!))).equals(before)).toBe(true);
  });

  it('is in the manifest: verify names it when a byte was changed', async () => {
    await stage.create('waits');
    const [result] = (await stage.run(['--date', today])).runs;
    const manifest = JSON.parse(await readFile(join(result!.reportSet, 'manifest.json'), 'utf8')) as {
      files: Record<string, unknown>;
    };
    expect(manifest.files['report.xlsx']).toEqual({
      rows: 0,
      sums: {},
      sha256: expect.stringMatching(/^[\da-f]{64}$/),
    });
    const copy = join(stage.reportsDir, 'copy');
    await cp(result!.reportSet, copy, { recursive: true });
    expect(await stage.start(['verify', copy], {}).ended).toMatchObject({ code: 0 });
    const bytes = await readFile(join(copy, 'report.xlsx'));
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(join(copy, 'report.xlsx'), bytes);
    expect(await stage.start(['verify', copy], {}).ended).toMatchObject({
      code: 4,
      stdout: expect.stringContaining('report.xlsx: its SHA-256'),
    });
  });
});

function typeOf(cell: unknown): string {
  return cell instanceof Date ? 'time' : typeof cell;
}

function typeIn(column: string, text: string): string {
  if (TIMES.includes(column)) return 'time';
  return NUMBERS.includes(column) && text.length <= 15 ? 'number' : 'string';
}

/** The reader's Date has local time as its UTC, rounded down by up to a millisecond. */
function toSeconds(at: Date): string {
  return new Date(Math.round(at.getTime() / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
