import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  PayoutLinksService,
  PayoutLinkStatus,
  type ListPayoutLinks,
  type PayoutLink,
} from 'nestjs-payout-links';
import { DEMO_OPTIONS, type DemoOptions } from '../demo.options.js';
import { ApiErrors, ApiErrorsOfCall, ERRORS_WITH_BODY } from '../docs/api-errors.decorator.js';
import { BODY_EXAMPLES, HISTORY_EXAMPLES, LINK_EXAMPLES, PAGE_EXAMPLES } from '../docs/examples.js';
import { bodyOf } from '../http/body.pipe.js';
import { ListQueryPipe } from './list-query.pipe.js';
import { AcceptedWhileUnsettled } from './accepted-while-unsettled.interceptor.js';
import { HistoryResponse, PayoutLinkResponse, PayoutLinkPageResponse } from './payout-link.response.js';
import {
  AbandonPayoutLinkDto,
  AdoptPayoutLinkDto,
  CreatePayoutLinkDto,
  ReissuePayoutLinkDto,
} from './payout-links.dto.js';
import { viewOf, viewOfHistory, viewOfPage } from './payout-link.view.js';

const ID = { name: 'id', schema: { type: 'string', format: 'uuid' } };
const UNSETTLED = 'the outcome is not known yet: make the same call again';

/** A response with a payout link, with examples. */
const ApiLink = (
  status: number,
  description: string,
  ...names: (keyof typeof LINK_EXAMPLES)[]
): MethodDecorator =>
  ApiResponse({
    status,
    description,
    type: PayoutLinkResponse,
    examples: Object.fromEntries(names.map((name) => [name, LINK_EXAMPLES[name]])),
  });

/** The HTTP API: one route per operation of the module's service. */
@ApiTags('payout links')
@Controller('payout-links')
export class PayoutLinksController {
  constructor(
    private readonly links: PayoutLinksService,
    @Inject(DEMO_OPTIONS) private readonly options: DemoOptions,
  ) {}

  @Post()
  @UseInterceptors(AcceptedWhileUnsettled)
  @ApiOperation({
    operationId: 'createPayoutLink',
    summary: 'Create a payout link; the same call again gets the same link',
  })
  @ApiBody({ type: CreatePayoutLinkDto, examples: BODY_EXAMPLES.create })
  @ApiLink(201, 'created, now or by the same call before', 'pending')
  @ApiLink(202, UNSETTLED, 'unconfirmed')
  @ApiErrorsOfCall('DUPLICATE_PAYOUT', 'INSUFFICIENT_BALANCE', 'PAYOUT_REJECTED')
  async create(@Body(bodyOf(CreatePayoutLinkDto)) body: CreatePayoutLinkDto): Promise<PayoutLinkResponse> {
    return this.viewOf(await this.links.create(body));
  }

  @Get()
  @ApiOperation({ operationId: 'listPayoutLinks', summary: 'List payout links, newest first' })
  @ApiQuery({ name: 'status', required: false, enum: PayoutLinkStatus, enumName: 'PayoutLinkStatus' })
  @ApiQuery({ name: 'q', required: false, description: 'a part of the external id or the e-mail address' })
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  })
  @ApiQuery({ name: 'cursor', required: false, description: '`nextCursor` of the page before' })
  @ApiResponse({
    status: 200,
    description: 'a page of payout links',
    type: PayoutLinkPageResponse,
    examples: PAGE_EXAMPLES,
  })
  @ApiErrors('INVALID_PAYOUT_LINK')
  async list(@Query(new ListQueryPipe()) query: ListPayoutLinks): Promise<PayoutLinkPageResponse> {
    const page = await this.links.list(query);
    return viewOfPage(page, this.options.language, await this.links.reissuePlans(page.items));
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getPayoutLink', summary: 'One payout link' })
  @ApiParam(ID)
  @ApiLink(200, 'the payout link as we know it', 'pending', 'failed')
  @ApiErrors('BAD_REQUEST', 'PAYOUT_LINK_NOT_FOUND')
  async get(@Param('id') id: string): Promise<PayoutLinkResponse> {
    return this.viewOf(await this.links.get(id));
  }

  @Get(':id/history')
  @ApiOperation({
    operationId: 'getPayoutLinkHistory',
    summary: "Every change of a link's state, oldest first",
  })
  @ApiParam(ID)
  @ApiResponse({ status: 200, description: 'its history', type: HistoryResponse, examples: HISTORY_EXAMPLES })
  @ApiErrors('BAD_REQUEST', 'PAYOUT_LINK_NOT_FOUND')
  async history(@Param('id') id: string): Promise<HistoryResponse> {
    return viewOfHistory(await this.links.history(id));
  }

  @Post(':id/void')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'voidPayoutLink',
    summary: 'Void a link that is still waiting for its recipient',
  })
  @ApiParam(ID)
  @ApiLink(200, 'it is void, now or since before', 'voided')
  @ApiErrorsOfCall('PAYOUT_LINK_NOT_FOUND', 'PAYOUT_LINK_NOT_VOIDABLE')
  async void(@Param('id') id: string): Promise<PayoutLinkResponse> {
    return this.viewOf(await this.links.void(id));
  }

  @Post(':id/refresh')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'refreshPayoutLink',
    summary: 'Read the link at the provider and apply the response',
  })
  @ApiParam(ID)
  @ApiLink(200, 'the payout link after the read', 'requested', 'failed')
  @ApiErrorsOfCall('PAYOUT_LINK_NOT_FOUND')
  async refresh(@Param('id') id: string): Promise<PayoutLinkResponse> {
    return this.viewOf(await this.links.refresh(id));
  }

  @Post(':id/reissue')
  @UseInterceptors(AcceptedWhileUnsettled)
  @ApiOperation({ operationId: 'reissuePayoutLink', summary: "Send a dead link's money again as a new link" })
  @ApiParam(ID)
  @ApiBody({ type: ReissuePayoutLinkDto, examples: BODY_EXAMPLES.reissue })
  @ApiLink(201, 'the new payout link', 'reissued')
  @ApiLink(202, UNSETTLED, 'reissuedUnconfirmed')
  @ApiErrorsOfCall(
    'PAYOUT_LINK_NOT_FOUND',
    'REISSUE_REFUSED',
    'DUPLICATE_PAYOUT',
    'INSUFFICIENT_BALANCE',
    'PAYOUT_REJECTED',
  )
  async reissue(
    @Param('id') id: string,
    @Body(bodyOf(ReissuePayoutLinkDto)) body: ReissuePayoutLinkDto,
  ): Promise<PayoutLinkResponse> {
    return this.viewOf(await this.links.reissue(id, body));
  }

  @Post(':id/adopt')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'adoptPayoutLink',
    summary: "Adopt the provider's link: resolves UNCONFIRMED",
  })
  @ApiParam(ID)
  @ApiBody({ type: AdoptPayoutLinkDto, examples: BODY_EXAMPLES.adopt })
  @ApiLink(200, 'the payout link, settled', 'pending')
  @ApiErrorsOfCall('PAYOUT_LINK_NOT_FOUND', 'ADOPT_REFUSED')
  async adopt(
    @Param('id') id: string,
    @Body(bodyOf(AdoptPayoutLinkDto)) { providerId }: AdoptPayoutLinkDto,
  ): Promise<PayoutLinkResponse> {
    return this.viewOf(await this.links.adopt(id, providerId));
  }

  @Post(':id/abandon')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'abandonPayoutLink',
    summary: 'End an UNCONFIRMED create that was never made at the provider',
  })
  @ApiParam(ID)
  @ApiBody({ type: AbandonPayoutLinkDto, examples: BODY_EXAMPLES.abandon })
  @ApiLink(200, 'the payout link, rejected', 'abandoned')
  @ApiErrors('PAYOUT_LINK_NOT_FOUND', 'ABANDON_REFUSED', ...ERRORS_WITH_BODY)
  async abandon(
    @Param('id') id: string,
    @Body(bodyOf(AbandonPayoutLinkDto)) body: AbandonPayoutLinkDto,
  ): Promise<PayoutLinkResponse> {
    return this.viewOf(await this.links.abandon(id, body));
  }

  private async viewOf(link: PayoutLink): Promise<PayoutLinkResponse> {
    return viewOf(link, this.options.language, await this.links.reissuePlans([link]));
  }
}
