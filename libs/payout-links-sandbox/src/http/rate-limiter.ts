import { Inject, Injectable } from '@nestjs/common';
import { SANDBOX_OPTIONS, type ResolvedSandboxOptions } from '../sandbox.options.js';
import { SlidingWindow, type WindowState } from './sliding-window.js';

const WINDOW_MS = 60_000;

/** The windows of all keys and routes. In real time: moving the clock must not lift the limit. */
@Injectable()
export class RateLimiter {
  readonly #windows = new Map<string, SlidingWindow>();

  constructor(@Inject(SANDBOX_OPTIONS) private readonly options: ResolvedSandboxOptions) {}

  get limit(): number {
    return this.options.rateLimit;
  }

  take(key: string, route: string): WindowState {
    const name = `${key} ${route}`;
    const window = this.#windows.get(name) ?? new SlidingWindow(this.limit, WINDOW_MS);
    this.#windows.set(name, window);
    return window.take(performance.now());
  }

  reset(): void {
    this.#windows.clear();
  }
}
