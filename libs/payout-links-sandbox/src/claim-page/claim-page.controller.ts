import { setTimeout as wait } from 'node:timers/promises';
import { Body, Controller, Get, Param, Post, Query, Res, UseFilters } from '@nestjs/common';
import type { Response } from 'express';
import { SandboxErrorFilter } from '../http/sandbox-error.filter.js';
import { PayoutsService } from '../payouts/payouts.service.js';
import { WRONG_PASSCODES } from '../payouts/payout.rules.js';
import type { Payout } from '../payouts/payout.js';
import {
  claimFormErrors,
  destinationOf,
  readClaimForm,
  type ClaimForm,
  type ClaimFormErrors,
} from './claim-form.js';
import { claimPage, notFoundPage } from './claim-page.html.js';
import { CLAIM_PAGE_HEADERS } from './claim-page.headers.js';

/** How long the page after a claim waits for the bank's response, if there is one. */
const WAITS_MS = 1_500;
const REFRESH_EVERY_MS = 25;

/** The page on which a recipient claims a link. Works without JavaScript. */
@Controller('web')
@UseFilters(SandboxErrorFilter)
export class ClaimPageController {
  constructor(private readonly payouts: PayoutsService) {}

  @Get(':id')
  async show(
    @Param('id') id: string,
    @Query('claimed') claimed: unknown,
    @Res() response: Response,
  ): Promise<void> {
    // Reloading the page by itself would move screen readers back to its top.
    if (claimed !== undefined) await this.#settled(id);
    const payout = this.payouts.find(id);
    response.set(CLAIM_PAGE_HEADERS);
    if (payout) response.send(claimPage(payout));
    else response.status(404).send(notFoundPage());
  }

  @Post(':id')
  submit(@Param('id') id: string, @Body() body: unknown, @Res() response: Response): void {
    const payout = this.payouts.find(id);
    response.set(CLAIM_PAGE_HEADERS);
    if (!payout) {
      response.status(404).send(notFoundPage());
      return;
    }
    const form = readClaimForm(body);
    const errors = payout.status === 'PENDING' ? this.#claim(payout, form) : {};
    if (Object.keys(errors).length === 0) {
      response.redirect(303, `/web/${payout.id}?claimed`);
    } else {
      response.status(422).send(claimPage(payout, { form, errors }));
    }
  }

  async #settled(id: string): Promise<void> {
    const giveUpAt = performance.now() + WAITS_MS;
    while (this.payouts.find(id)?.status === 'REQUESTED' && performance.now() < giveUpAt) {
      await wait(REFRESH_EVERY_MS);
    }
  }

  /** Claims or locks the link; otherwise returns the errors to show in the form. */
  #claim(payout: Payout, form: ClaimForm): ClaimFormErrors {
    const errors = claimFormErrors(form);
    if (form.passcode !== '') {
      const check = this.payouts.checkPasscode(payout, form.passcode);
      if (check === 'locked') return {};
      if (check === 'wrong') {
        const left = WRONG_PASSCODES - payout.wrongPasscodes - 1;
        return { ...errors, passcode: `Wrong passcode. ${left === 1 ? '1 try' : `${left} tries`} left.` };
      }
    }
    if (Object.keys(errors).length === 0) this.payouts.claim(payout, destinationOf(form));
    return errors;
  }
}
