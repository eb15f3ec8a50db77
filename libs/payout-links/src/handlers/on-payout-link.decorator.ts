import type { PayoutLinkEvent, PayoutLinkEventName } from './payout-link.event.js';

const HANDLED_EVENTS = Symbol('PAYOUT_LINK_EVENTS');

type Handler = (event: PayoutLinkEvent) => unknown;

/** Options of a named handler. */
export interface PayoutLinkHandlerOptions {
  /** The events, or one of them. */
  events: PayoutLinkEventName | readonly PayoutLinkEventName[];
  /** Stable name of the handler, unique in the application. @default `Class.method` */
  name?: string;
}

/** One `@OnPayoutLink` on a method. */
export interface HandledEvents {
  events: readonly PayoutLinkEventName[];
  name?: string;
}

/**
 * Calls the method for every link that succeeds, fails, and so on: at least once per change, in order per link,
 * after commit, in one of all processes. Handlers must be idempotent: a call may be repeated after a crash.
 * Guards, interceptors and pipes do not run, since there is no request. A handler that throws is retried with
 * back-off, then becomes a dead letter until `PayoutLinksService.redrive`.
 *
 * Works on methods of any provider or controller that is not request-scoped. A handler is identified by `name`,
 * else by `Class.method`; under another name it is a new handler, which starts with the changes that follow. Set a
 * name when a minifier renames classes.
 */
export function OnPayoutLink(
  ...given: [PayoutLinkEventName, ...PayoutLinkEventName[]] | [PayoutLinkHandlerOptions]
) {
  const [first] = given;
  const handled: HandledEvents =
    typeof first === 'object' ? { events: [first.events].flat(), name: first.name } : { events: given };
  return <T extends Handler>(
    _target: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    const method = descriptor.value!;
    Reflect.defineMetadata(HANDLED_EVENTS, [...handledEvents(method), handled], method);
  };
}

/** The `@OnPayoutLink` decorations of a method; empty for any other method. */
export function handledEvents(method: object): readonly HandledEvents[] {
  return (Reflect.getMetadata(HANDLED_EVENTS, method) as readonly HandledEvents[] | undefined) ?? [];
}
