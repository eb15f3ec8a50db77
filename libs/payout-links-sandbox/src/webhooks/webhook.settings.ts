import { Inject, Injectable } from '@nestjs/common';
import { SANDBOX_OPTIONS, SANDBOX_WEBHOOK_TOKEN, type ResolvedSandboxOptions } from '../sandbox.options.js';
import { StateChanges } from '../state/state-changes.js';

/** Characters that a header can carry unchanged. */
export const WEBHOOK_TOKEN = /^[\x21-\x7e]{1,255}$/;

/** The same as text. */
export const WEBHOOK_TOKEN_IS = '1 to 255 ASCII characters without white space';

/** Where deliveries go, and how unreliable they are. */
export interface WebhookSettings {
  /** Null: none are sent. */
  url: string | null;
  token: string;
  /** Share of deliveries never sent, 0 to 1. */
  drop: number;
  /** Share of deliveries sent twice, 0 to 1. */
  duplicate: number;
  /** Send them out of order: each is delayed by up to a second. */
  shuffle: boolean;
  /** Delay before the first attempt, on the sandbox's clock. */
  delayMs: number;
}

const RELIABLE = { drop: 0, duplicate: 0, shuffle: false, delayMs: 0 };

/** The current settings. */
@Injectable()
export class WebhookSettingsHolder {
  #settings: WebhookSettings;

  constructor(
    @Inject(SANDBOX_OPTIONS) private readonly options: ResolvedSandboxOptions,
    private readonly changes: StateChanges,
  ) {
    this.#settings = {
      url: options.webhookUrl ?? options.defaultWebhookUrl ?? null,
      token: options.webhookToken ?? SANDBOX_WEBHOOK_TOKEN,
      ...RELIABLE,
    };
  }

  get current(): WebhookSettings {
    return this.#settings;
  }

  merge(given: Partial<WebhookSettings>): WebhookSettings {
    this.#settings = { ...this.#settings, ...given };
    this.changes.changed();
    return this.#settings;
  }

  /** Restores saved settings; an address or token given at this start takes precedence. */
  restore(saved: WebhookSettings): void {
    this.#settings = {
      ...saved,
      url: this.options.webhookUrl ?? saved.url ?? this.options.defaultWebhookUrl ?? null,
      token: this.options.webhookToken ?? saved.token,
    };
  }

  /** Resets to reliable deliveries; address and token stay. */
  reset(): void {
    this.merge(RELIABLE);
  }
}
