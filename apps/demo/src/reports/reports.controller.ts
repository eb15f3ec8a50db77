import type { Stats } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Inject, NotFoundException, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { DEMO_OPTIONS, type DemoOptions } from '../demo.options.js';
import { listPage } from './list.page.js';
import { isCalendarDate, readQuery, SLOTS_SHOWN, type ReportsQuery } from './reports.query.js';
import { readSummary } from './statement-summary.js';
import { SetFolder, statementPeriods } from './set-folder.js';
import { slotPage } from './slot.page.js';
import { SlotsRepository } from './slots.repository.js';
import { statementPage } from './statement.page.js';
import type { StatementRow } from './statement.table.js';

/** Reports hold what recipients and other systems wrote: no script, no form, no request. */
const CONTENT_SECURITY_POLICY = "sandbox allow-downloads; default-src 'none'; style-src 'unsafe-inline'";

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** The pages of the reconciler's reports: slots from its database, files from its folder. */
@ApiExcludeController()
@Controller('reports')
export class ReportsController {
  constructor(
    private readonly slots: SlotsRepository,
    @Inject(DEMO_OPTIONS) private readonly options: DemoOptions,
  ) {}

  /** @throws BadRequestException for a position that is none */
  @Get()
  async list(@Query() query: ReportsQuery, @Res() response: Response): Promise<void> {
    const { account, position } = readQuery(query);
    const { slots, hasNewer, hasOlder } = await this.slots.list(account, position, SLOTS_SHOWN);
    const rows = await Promise.all(
      slots.map(async (slot) => ({ slot, hasFiles: await this.hasFiles(slot.account, slot.date) })),
    );
    const statements = hasNewer ? [] : await this.statements(account);
    const { accounts, timezone } = this.options;
    sendPage(response, listPage({ rows, statements, accounts, account, hasNewer, hasOlder }, timezone));
  }

  @Get(':account/statements/:period')
  async showStatement(
    @Param('account') account: string,
    @Param('period') period: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.slots.requireDatabase();
    const folder = SetFolder.ofStatement(this.options.reportsDir, account, period);
    const files = await folder?.files();
    if (!folder || !files) throw new NotFoundException('there is no statement of this account and period');
    const periods = await statementPeriods(this.options.reportsDir, account);
    const at = periods.indexOf(period);
    const neighbours = { previous: periods[at + 1] ?? null, next: periods[at - 1] ?? null };
    const summary = await readSummary(folder);
    sendPage(response, statementPage({ account, period, files, summary, neighbours }));
  }

  @Get(':account/statements/:period/:file')
  async sendStatementFile(
    @Param('account') account: string,
    @Param('period') period: string,
    @Param('file') file: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.slots.requireDatabase();
    await sendFile(response, SetFolder.ofStatement(this.options.reportsDir, account, period), file);
  }

  @Get(':account/:date')
  async showSlot(
    @Param('account') account: string,
    @Param('date') date: string,
    @Res() response: Response,
  ): Promise<void> {
    const folder = SetFolder.ofSlot(this.options.reportsDir, account, date);
    const slot = folder && isCalendarDate(date) && (await this.slots.find(account, date));
    if (!folder || !slot) throw new NotFoundException('nothing was reconciled for this account and date');
    const neighbours = await this.slots.neighbours(slot);
    sendPage(response, slotPage({ slot, neighbours, files: await folder.files() }));
  }

  @Get(':account/:date/:file')
  async sendSlotFile(
    @Param('account') account: string,
    @Param('date') date: string,
    @Param('file') file: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.slots.requireDatabase();
    await sendFile(response, SetFolder.ofSlot(this.options.reportsDir, account, date), file);
  }

  private async hasFiles(account: string, date: string): Promise<boolean> {
    return (await SetFolder.ofSlot(this.options.reportsDir, account, date)?.files()) != null;
  }

  private async statements(only: string | null): Promise<StatementRow[]> {
    const { accounts, reportsDir } = this.options;
    const rows: StatementRow[] = [];
    for (const account of only === null ? accounts : [only]) {
      for (const period of await statementPeriods(reportsDir, account)) {
        const folder = SetFolder.ofStatement(reportsDir, account, period);
        if (folder) rows.push({ account, period, summary: await readSummary(folder) });
      }
    }
    return rows.toSorted((one, other) => (one.period < other.period ? 1 : -1));
  }
}

function sendPage(response: Response, text: string): void {
  response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY).type('html').send(text);
}

/** @throws NotFoundException for what is no file of a set */
async function sendFile(response: Response, folder: SetFolder | undefined, name: string): Promise<void> {
  const file = await folder?.open(name);
  if (!file) throw new NotFoundException('there is no such file: the reconciler writes it again with report --date');
  const { handle, stats } = file;
  setFileHeaders(response, name, stats);
  await pipeline(handle.createReadStream(), response).catch(() => response.destroy());
}

function setFileHeaders(response: Response, name: string, { size }: Stats): void {
  response
    .setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY)
    .setHeader('Content-Type', TYPES[name.split('.').at(-1)!] ?? 'application/octet-stream')
    .setHeader('Content-Disposition', `attachment; filename="${name}"`)
    .setHeader('Content-Length', size);
}
