import type { DeliveryTarget } from 'app-runtime';

/** The reconciler's part of the configuration of deliveries. */
export interface DeliveryOptions {
  targets: readonly DeliveryTarget[];
  /** Of mails about statements and failed runs; a slot has its own. */
  language: 'en' | 'id';
  /** Waits between the attempts that a command makes itself, in milliseconds. */
  waitsMs: readonly number[];
}

export const DELIVERY_OPTIONS = Symbol('DELIVERY_OPTIONS');

/** Three attempts. */
export const WAITS_MS = [2_000, 10_000];
