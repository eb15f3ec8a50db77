import { Injectable } from '@nestjs/common';

/** Notifies the state keeper of changes to save. */
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
