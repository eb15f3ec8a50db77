import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { PayoutLinkHandlerError } from './handler.error.js';
import { handledEvents } from './on-payout-link.decorator.js';
import { EVENT_STATUSES, type PayoutLinkEvent } from './payout-link.event.js';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';

/** A method of the host that is told of changes. */
export interface PayoutLinkHandler {
  /** `Class.method`. */
  name: string;
  /** Null: every change. */
  statuses: readonly PayoutLinkStatus[] | null;
  call: (event: PayoutLinkEvent) => unknown;
}

/** Finds the methods that `@OnPayoutLink` marks, in every provider and controller of the host. */
@Injectable()
export class HandlerExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws PayoutLinkHandlerError where a handler could not be called or told from another */
  find(): PayoutLinkHandler[] {
    const handlers = new Map<string, PayoutLinkHandler>();
    const seen = new Set<unknown>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const prototype = wrapper.metatype?.prototype as Record<string, object> | undefined;
      if (!prototype || wrapper.isAlias) continue;
      for (const method of this.scanner.getAllMethodNames(prototype)) {
        const events = handledEvents(prototype[method]!);
        if (!events) continue;
        const name = `${wrapper.metatype!.name}.${method}`;
        const instance = wrapper.isDependencyTreeStatic()
          ? (wrapper.instance as object | undefined)
          : undefined;
        if (!instance) {
          throw new PayoutLinkHandlerError(
            `${name} handles payout links, so its class must not be request-scoped`,
          );
        }
        if (seen.has(instance) && handlers.has(name)) continue;
        if (handlers.has(name)) {
          throw new PayoutLinkHandlerError(
            `two handlers of payout links are called ${name}: rename one, they are told apart by that name`,
          );
        }
        seen.add(instance);
        handlers.set(name, {
          name,
          statuses: statusesOf(events),
          call: (event) => (instance as Record<string, (event: PayoutLinkEvent) => unknown>)[method]!(event),
        });
      }
    }
    return [...handlers.values()];
  }
}

function statusesOf(events: readonly (keyof typeof EVENT_STATUSES | '*')[]): PayoutLinkStatus[] | null {
  const named = events.filter((event) => event !== '*');
  return named.length < events.length ? null : named.map((event) => EVENT_STATUSES[event]);
}
