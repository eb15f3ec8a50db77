import { ConfigurableModuleBuilder } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { PayoutLinksOptions } from './payout-links.options.js';
import { webhookController } from './webhook/webhook.controller.js';

/** The host's DataSource, whose options the library opens its own connections with. */
export const HOST_DATA_SOURCE = Symbol('PAYOUT_LINKS_HOST_DATA_SOURCE');

/** What `forRoot` and `forRootAsync` take besides the options. */
export interface PayoutLinksModuleExtras {
  /** Name of the TypeORM DataSource. @default 'default' */
  dataSource?: string;
  /** Makes `PayoutLinksService` injectable in every module. @default false */
  isGlobal?: boolean;
  /**
   * Class decorators for the webhook controller, such as a host's `Public()` that exempts the route from its
   * global guard, or `SkipThrottle()`. @default []
   */
  controllerDecorators?: ClassDecorator[];
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<PayoutLinksOptions>({ moduleName: 'PayoutLinks' })
    .setClassMethodName('forRoot')
    // The builder distinguishes extras from options by these keys, so each needs a default.
    .setExtras<PayoutLinksModuleExtras>(
      { dataSource: 'default', isGlobal: false, controllerDecorators: [] },
      (definition, { dataSource, isGlobal, controllerDecorators }) => ({
        ...definition,
        global: isGlobal,
        controllers: [webhookController(controllerDecorators ?? [])],
        providers: [
          ...(definition.providers ?? []),
          { provide: HOST_DATA_SOURCE, useExisting: getDataSourceToken(dataSource) },
        ],
      }),
    )
    .build();
