import { ConfigurableModuleBuilder } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { PayoutLinksOptions, ResolvedPayoutLinksOptions } from './payout-links.options.js';

/** The DataSource that holds the links. */
export const PAYOUT_LINKS_DATA_SOURCE = Symbol('PAYOUT_LINKS_DATA_SOURCE');
/** The options with every default in place. */
export const RESOLVED_OPTIONS = Symbol('PAYOUT_LINKS_RESOLVED_OPTIONS');
export type { ResolvedPayoutLinksOptions };

export const {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  OPTIONS_TYPE: PAYOUT_LINKS_OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE: PAYOUT_LINKS_ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<PayoutLinksOptions>({ moduleName: 'PayoutLinks' })
  .setClassMethodName('forRoot')
  .setExtras<{ dataSource?: string; isGlobal?: boolean }>({}, (definition, { dataSource, isGlobal }) => ({
    ...definition,
    global: isGlobal ?? false,
    providers: [
      ...(definition.providers ?? []),
      { provide: PAYOUT_LINKS_DATA_SOURCE, useExisting: getDataSourceToken(dataSource) },
    ],
  }))
  .build();
