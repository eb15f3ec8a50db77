import type { PayoutLinkEvent, PayoutLinkEventName } from './payout-link.event.js';

const HANDLED_EVENTS = Symbol('PAYOUT_LINK_EVENTS');

type Handler = (event: PayoutLinkEvent) => unknown;

/**
 * Calls the method for every link that succeeds, fails, and so on: at least once per change, in order per link, after
 * the change was committed, in one process of all that run. It may be called again after a crash, so it must not mind.
 * Guards, interceptors and pipes are left out on purpose: nobody has sent a request. A handler that throws is called
 * again with growing waits, then set aside until `PayoutLinksService.redrive`.
 *
 * The handler is known by `Class.method`: renaming either makes it a new one, which starts with what comes after.
 */
export function OnPayoutLink(...events: [PayoutLinkEventName, ...PayoutLinkEventName[]]) {
  return <T extends Handler>(
    _target: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    Reflect.defineMetadata(HANDLED_EVENTS, events, descriptor.value!);
  };
}

/** The events that a method handles; undefined for any other method. */
export function handledEvents(method: object): readonly PayoutLinkEventName[] | undefined {
  return Reflect.getMetadata(HANDLED_EVENTS, method) as readonly PayoutLinkEventName[] | undefined;
}
