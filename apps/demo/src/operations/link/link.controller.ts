import { setTimeout as wait } from 'node:timers/promises';
import { Controller, Get, Inject, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import {
  PayoutLinkNotFoundError,
  PayoutLinksError,
  PayoutLinksService,
  type PayoutBalance,
  type PayoutLink,
} from 'nestjs-payout-links';
import { DEMO_OPTIONS, type DemoOptions } from '../../demo.options.js';
import { errorResponseOf, type ErrorResponse } from '../../http/error.response.js';
import { FormFields, FormValues, PageFormGuard, PageForms } from '../forms/page-form.js';
import { linkPage } from './link.page.js';
import { LINK_ACTIONS, type LinkAction, type LinkDone, type LinkView } from './link.view.js';

const BALANCE_WITHIN_MS = 2_000;

/** The page of one link and its buttons. */
@ApiExcludeController()
@Controller('links/:id')
export class LinkController {
  constructor(
    private readonly links: PayoutLinksService,
    private readonly forms: PageForms,
    @Inject(DEMO_OPTIONS) private readonly options: DemoOptions,
  ) {}

  @Get()
  async show(
    @Param('id') id: string,
    @Query('done') done: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const action = LINK_ACTIONS.find((one) => one === done);
    await this.send(id, request, response, action ? { action, error: null, values: {} } : null);
  }

  @Post('void')
  @UseGuards(PageFormGuard)
  void(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return this.act('void', {}, () => this.links.void(id), id, request, response);
  }

  @Post('refresh')
  @UseGuards(PageFormGuard)
  refresh(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return this.act('refresh', {}, () => this.links.refresh(id), id, request, response);
  }

  @Post('reissue')
  @UseGuards(PageFormGuard)
  reissue(
    @Param('id') id: string,
    @FormFields() fields: FormValues,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const values = {
      reason: fields.text('reason'),
      email: fields.text('email'),
      force: fields.text('force'),
    };
    const { reason, email, force } = values;
    const work = () =>
      this.links.reissue(id, { reason, email: email === '' ? undefined : email, force: force === 'yes' });
    return this.act('reissue', values, work, id, request, response);
  }

  @Post('adopt')
  @UseGuards(PageFormGuard)
  adopt(
    @Param('id') id: string,
    @FormFields() fields: FormValues,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const values = { providerId: fields.text('providerId') };
    return this.act('adopt', values, () => this.links.adopt(id, values.providerId), id, request, response);
  }

  @Post('abandon')
  @UseGuards(PageFormGuard)
  abandon(
    @Param('id') id: string,
    @FormFields() fields: FormValues,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const values = { reason: fields.text('reason'), force: fields.text('force') };
    const { reason, force } = values;
    const work = () => this.links.abandon(id, { reason, force: force === 'yes' });
    return this.act('abandon', values, work, id, request, response);
  }

  @Post('cancel-plan')
  @UseGuards(PageFormGuard)
  cancelPlan(
    @Param('id') id: string,
    @FormFields() fields: FormValues,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const values = { reason: fields.text('reason') };
    const work = async () => {
      await this.links.cancelReissuePlan(id, values);
      return { id };
    };
    return this.act('cancel-plan', values, work, id, request, response);
  }

  /**
   * Acts, then redirects to the resulting link, so that reloading does not repeat it; on an error, shows the page
   * with it.
   */
  private async act(
    action: LinkAction,
    values: LinkDone['values'],
    work: () => Promise<Pick<PayoutLink, 'id'>>,
    id: string,
    request: Request,
    response: Response,
  ): Promise<void> {
    try {
      const link = await work();
      response.redirect(303, `/links/${link.id}?done=${action}`);
    } catch (error) {
      if (!(error instanceof PayoutLinksError) || error instanceof PayoutLinkNotFoundError) throw error;
      const failure = errorResponseOf(error);
      response.status(failure.status);
      if (failure.retryAfterSeconds !== undefined)
        response.set('Retry-After', `${failure.retryAfterSeconds}`);
      await this.send(id, request, response, { action, values, error: inWords(failure) });
    }
  }

  private async send(id: string, request: Request, response: Response, done: LinkDone | null): Promise<void> {
    const view = await this.view(id);
    const token = this.forms.tokenOf(request, response);
    response.type('html').send(linkPage(view, { ...this.options, token }, done));
  }

  private async view(id: string): Promise<LinkView> {
    const link = await this.links.get(id);
    const [history, predecessor, successor, reissueRefusal, plans] = await Promise.all([
      this.links.history(id),
      link.reissueOf === null ? null : this.links.get(link.reissueOf),
      this.links.successor(id),
      this.links.reissueRefusal(id),
      this.links.reissuePlans([link]),
    ]);
    const forcedReissueRefusal =
      reissueRefusal === null ? null : await this.links.reissueRefusal(id, { force: true });
    const plan = plans.get(link.id) ?? null;
    const balance = plan && (await this.balanceOf(link.account));
    return { link, history, predecessor, successor, plan, balance, reissueRefusal, forcedReissueRefusal };
  }

  /** Null when the provider does not say it soon: the page does not wait for it. */
  private balanceOf(account: string): Promise<PayoutBalance | null> {
    const soon = wait(BALANCE_WITHIN_MS, null, { ref: false });
    return Promise.race([this.links.balance(account).catch(() => null), soon]);
  }
}

function inWords({ message, details = [], retryAfterSeconds }: ErrorResponse): LinkDone['error'] {
  const again = retryAfterSeconds === undefined ? '' : `; try again in ${retryAfterSeconds} s`;
  return {
    message: message + again,
    fields: Object.fromEntries(details.map((detail) => [detail.field, detail.message])),
  };
}
