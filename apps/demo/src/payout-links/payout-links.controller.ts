import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { PayoutLinksService, PayoutLinkStatus, type ListPayoutLinks } from 'nestjs-payout-links';
import { DEMO_OPTIONS, type DemoOptions } from '../demo.options.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { BodyOf } from '../gate/body.pipe.js';
import { ListQuery } from './list.query.js';
import { AcceptedWhileUnsettled } from './accepted-while-unsettled.interceptor.js';
import { HistoryAnswer, PayoutLinkAnswer, PayoutLinkPageAnswer } from './answers.js';
import { AdoptPayoutLinkBody, CreatePayoutLinkBody, ReissuePayoutLinkBody } from './bodies.js';
import { viewOf, viewOfHistory, viewOfPage } from './payout-link.view.js';

const ID = { name: 'id', schema: { type: 'string', format: 'uuid' } };
const UNSETTLED = 'the outcome is not known yet: make the same call again';

/** The HTTP API: one route per use case of the module's service. */
@ApiTags('payout links')
@Controller('payout-links')
export class PayoutLinksController {
  constructor(
    private readonly links: PayoutLinksService,
    @Inject(DEMO_OPTIONS) private readonly options: DemoOptions,
  ) {}

  @Post()
  @UseInterceptors(AcceptedWhileUnsettled)
  @ApiOperation({ summary: 'Create a payout link; the same call again gets the same link' })
  @ApiResponse({ status: 201, type: PayoutLinkAnswer })
  @ApiResponse({ status: 202, type: PayoutLinkAnswer, description: UNSETTLED })
  @ApiErrors(400, 409, 413, 422, 502)
  async create(
    @Body(new BodyOf(CreatePayoutLinkBody)) body: CreatePayoutLinkBody,
  ): Promise<PayoutLinkAnswer> {
    return viewOf(await this.links.create(body), this.options.language);
  }

  @Get()
  @ApiOperation({ summary: 'List payout links, newest first' })
  @ApiQuery({ name: 'status', required: false, enum: PayoutLinkStatus, enumName: 'PayoutLinkStatus' })
  @ApiQuery({ name: 'q', required: false, description: 'a part of the external id or the e-mail address' })
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  })
  @ApiQuery({ name: 'cursor', required: false, description: '`nextCursor` of the page before' })
  @ApiResponse({ status: 200, type: PayoutLinkPageAnswer })
  @ApiErrors(400)
  async list(@Query(new ListQuery()) query: ListPayoutLinks): Promise<PayoutLinkPageAnswer> {
    return viewOfPage(await this.links.list(query), this.options.language);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One payout link' })
  @ApiParam(ID)
  @ApiResponse({ status: 200, type: PayoutLinkAnswer })
  @ApiErrors(404)
  async get(@Param('id') id: string): Promise<PayoutLinkAnswer> {
    return viewOf(await this.links.get(id), this.options.language);
  }

  @Get(':id/history')
  @ApiOperation({ summary: "Every change of a link's state, oldest first" })
  @ApiParam(ID)
  @ApiResponse({ status: 200, type: HistoryAnswer })
  @ApiErrors(404)
  async history(@Param('id') id: string): Promise<HistoryAnswer> {
    return viewOfHistory(await this.links.history(id));
  }

  @Post(':id/void')
  @HttpCode(200)
  @ApiOperation({ summary: 'Void a link that is still waiting for its recipient' })
  @ApiParam(ID)
  @ApiResponse({ status: 200, type: PayoutLinkAnswer })
  @ApiErrors(404, 409, 502)
  async void(@Param('id') id: string): Promise<PayoutLinkAnswer> {
    return viewOf(await this.links.void(id), this.options.language);
  }

  @Post(':id/refresh')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask the provider now and apply the answer' })
  @ApiParam(ID)
  @ApiResponse({ status: 200, type: PayoutLinkAnswer })
  @ApiErrors(404, 502)
  async refresh(@Param('id') id: string): Promise<PayoutLinkAnswer> {
    return viewOf(await this.links.refresh(id), this.options.language);
  }

  @Post(':id/reissue')
  @UseInterceptors(AcceptedWhileUnsettled)
  @ApiOperation({ summary: "Send a dead link's money again as a new link" })
  @ApiParam(ID)
  @ApiResponse({ status: 201, type: PayoutLinkAnswer })
  @ApiResponse({ status: 202, type: PayoutLinkAnswer, description: UNSETTLED })
  @ApiErrors(400, 404, 409, 413, 422, 502)
  async reissue(
    @Param('id') id: string,
    @Body(new BodyOf(ReissuePayoutLinkBody)) body: ReissuePayoutLinkBody,
  ): Promise<PayoutLinkAnswer> {
    return viewOf(await this.links.reissue(id, body), this.options.language);
  }

  @Post(':id/adopt')
  @HttpCode(200)
  @ApiOperation({ summary: "Take the provider's link as ours: the way out of UNCONFIRMED" })
  @ApiParam(ID)
  @ApiResponse({ status: 200, type: PayoutLinkAnswer })
  @ApiErrors(400, 404, 409, 413, 502)
  async adopt(
    @Param('id') id: string,
    @Body(new BodyOf(AdoptPayoutLinkBody)) { providerId }: AdoptPayoutLinkBody,
  ): Promise<PayoutLinkAnswer> {
    return viewOf(await this.links.adopt(id, providerId), this.options.language);
  }
}
