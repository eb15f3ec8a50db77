import type { ProviderRoute } from '../http/routes.js';

/** The ways in which a provider route can go wrong. */
export const FAULT_KINDS = [
  'latency',
  'reset',
  'timeout-before',
  'timeout-after',
  '500',
  '429',
  'garbage',
] as const;

/** One of the ways in which a provider route can go wrong. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault that waits for requests of its route. */
export interface Fault {
  route: ProviderRoute;
  kind: FaultKind;
  /** Requests that it still strikes. */
  times: number;
  /** Real milliseconds; what they mean depends on the kind. */
  ms?: number;
}
