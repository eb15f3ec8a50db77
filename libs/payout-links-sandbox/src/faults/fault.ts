import type { ProviderRoute } from '../http/routes.js';

/** The ways in which a provider route can fail. */
export const FAULT_KINDS = [
  'latency',
  'reset',
  'timeout-before',
  'timeout-after',
  '500',
  '429',
  'garbage',
] as const;

/** One of the ways in which a provider route can fail. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault that waits for requests of its route. */
export interface Fault {
  route: ProviderRoute;
  kind: FaultKind;
  /** Requests that will still fail. */
  times: number;
  /** Real milliseconds; the meaning depends on the kind. */
  ms?: number;
}
