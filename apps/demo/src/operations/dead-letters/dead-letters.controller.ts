import { Controller, Get, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { PayoutLinksService } from 'nestjs-payout-links';
import { DEMO_OPTIONS, type DemoOptions } from '../../demo.options.js';
import { FormFields, FormValues, PageFormGuard, PageForms } from '../forms/page-form.js';
import { deadLettersPage } from './dead-letters.page.js';
import { DeadLettersRepository } from './dead-letters.repository.js';

/** The page of dead letters and its buttons. */
@ApiExcludeController()
@Controller('dead-letters')
export class DeadLettersController {
  constructor(
    private readonly links: PayoutLinksService,
    private readonly repository: DeadLettersRepository,
    private readonly forms: PageForms,
    @Inject(DEMO_OPTIONS) private readonly options: DemoOptions,
  ) {}

  @Get()
  async show(
    @Query('done') done: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const [handlers, letters] = await Promise.all([this.repository.byHandler(), this.links.deadLetters()]);
    const externalIds = await this.repository.externalIds(letters.map(({ payoutLinkId }) => payoutLinkId));
    const token = this.forms.tokenOf(request, response);
    const view = { handlers, letters, externalIds, redriven: done === 'redrive' };
    response.type('html').send(deadLettersPage(view, { timezone: this.options.timezone, token }));
  }

  @Post('redrive')
  @UseGuards(PageFormGuard)
  async redrive(@FormFields() fields: FormValues, @Res() response: Response): Promise<void> {
    const handler = fields.text('handler');
    await this.links.redrive(handler === '' ? undefined : handler);
    response.redirect(303, '/dead-letters?done=redrive');
  }
}
