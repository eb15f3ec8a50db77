import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { PayoutLinkHandlerError } from './handler.error.js';
import { handledEvents, type HandledEvents } from './on-payout-link.decorator.js';
import { EVENT_STATUSES, type PayoutLinkEvent, type PayoutLinkEventName } from './payout-link.event.js';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';

/** A method of the host that is called for changes of payout links. */
export interface PayoutLinkHandler {
  /** The name given to the decorator, else `Class.method`. */
  name: string;
  events: readonly PayoutLinkEventName[];
  /** Null: every change. */
  statuses: readonly PayoutLinkStatus[] | null;
  /** The name contains a class name so short that a minifier probably generated it. */
  looksMinified: boolean;
  call: (event: PayoutLinkEvent) => unknown;
}

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];
type Instance = Record<string, (event: PayoutLinkEvent) => unknown>;

/** Class names up to this length count as minified. */
const MINIFIED_LENGTH = 2;

/** Finds the methods decorated with `@OnPayoutLink` in all providers and controllers of the host. */
@Injectable()
export class HandlerExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws PayoutLinkHandlerError when a handler could not be called, or two have the same name */
  find(): PayoutLinkHandler[] {
    const handlers = new Map<string, PayoutLinkHandler>();
    const explored = new Set<object>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (wrapper.isAlias) continue;
      const instance = instanceOf(wrapper);
      const prototype = prototypeOf(wrapper, instance);
      // One instance under several tokens is one handler.
      if (!prototype || (instance && explored.has(instance))) continue;
      if (instance) explored.add(instance);
      for (const handler of this.handlersOf(prototype, instance)) {
        if (handlers.has(handler.name)) {
          throw new PayoutLinkHandlerError(
            `two handlers of payout links are called ${handler.name}: give one of them another name, as in` +
              " @OnPayoutLink({ events: 'failed', name: '…' })",
          );
        }
        handlers.set(handler.name, handler);
      }
    }
    return [...handlers.values()];
  }

  private handlersOf(prototype: object, instance: Instance | undefined): PayoutLinkHandler[] {
    const className = (prototype.constructor as { name?: string } | undefined)?.name ?? '';
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const marks = handledEvents((prototype as Record<string, object>)[method]!);
      return byName(marks, `${className}.${method}`).map(({ name, events, isGiven }) => {
        if (!instance) {
          throw new PayoutLinkHandlerError(
            `${name} handles payout links, so its class must not be request-scoped or transient`,
          );
        }
        return {
          name,
          events,
          statuses: statusesOf(events),
          looksMinified: !isGiven && className.length <= MINIFIED_LENGTH,
          call: (event) => instance[method]!(event),
        };
      });
    });
  }
}

/** Merges the events of decorators with the same name: they are one handler. */
function byName(
  marks: readonly HandledEvents[],
  defaultName: string,
): { name: string; events: PayoutLinkEventName[]; isGiven: boolean }[] {
  const events = new Map<string, PayoutLinkEventName[]>();
  for (const { name = defaultName, events: more } of marks)
    events.set(name, [...new Set([...(events.get(name) ?? []), ...more])]);
  return [...events].map(([name, all]) => ({
    name,
    events: all,
    isGiven: marks.some((mark) => mark.name === name),
  }));
}

/** Undefined for a provider without a single instance, such as a request-scoped one. */
function instanceOf(wrapper: Wrapper): Instance | undefined {
  if (wrapper.isTransient || !wrapper.isDependencyTreeStatic()) return undefined;
  const instance: unknown = wrapper.instance;
  return typeof instance === 'object' && instance !== null ? (instance as Instance) : undefined;
}

/**
 * Without an instance, the class's own prototype: its handlers must be refused. A factory's class is that of what
 * it made.
 */
function prototypeOf(wrapper: Wrapper, instance: Instance | undefined): object | undefined {
  const prototype: unknown = instance
    ? Object.getPrototypeOf(instance)
    : !wrapper.inject && wrapper.metatype?.prototype;
  if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype) return undefined;
  return prototype;
}

function statusesOf(events: readonly PayoutLinkEventName[]): PayoutLinkStatus[] | null {
  const named = events.filter((event) => event !== '*');
  return named.length < events.length ? null : named.map((event) => EVENT_STATUSES[event]);
}
