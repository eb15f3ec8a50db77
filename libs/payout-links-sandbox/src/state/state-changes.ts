import { Injectable } from '@nestjs/common';

/** Carries the news that something worth saving has changed to whoever saves it. */
@Injectable()
export class StateChanges {
  #listener: (() => void) | undefined;

  listen(listener: () => void): void {
    this.#listener = listener;
  }

  changed(): void {
    this.#listener?.();
  }
}
