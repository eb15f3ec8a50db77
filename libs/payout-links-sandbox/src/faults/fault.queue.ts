import { Injectable } from '@nestjs/common';
import type { ProviderRoute } from '../http/routes.js';
import type { Fault } from './fault.js';

/** Queued faults: each request of a route takes one from the first fault for that route. */
@Injectable()
export class FaultQueue {
  #faults: Fault[] = [];

  add(fault: Fault): readonly Fault[] {
    this.#faults.push({ ...fault });
    return this.#faults;
  }

  take(route: ProviderRoute): Fault | undefined {
    const fault = this.#faults.find((waiting) => waiting.route === route);
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times === 0) this.#faults.splice(this.#faults.indexOf(fault), 1);
    return fault;
  }

  reset(): void {
    this.#faults = [];
  }
}
