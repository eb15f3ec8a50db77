import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { SandboxClock } from '../clock/sandbox.clock.js';
import { RequestCounter } from '../http/request-counter.js';
import { PayoutStore } from '../payouts/payout.store.js';
import { SANDBOX_OPTIONS, type ResolvedSandboxOptions } from '../sandbox.options.js';
import { AddedTransactions } from '../statements/added-transactions.js';
import { ReportsService } from '../statements/reports.service.js';
import { WebhookSender } from '../webhooks/webhook.sender.js';
import { WebhookSettingsHolder } from '../webhooks/webhook.settings.js';
import type { SandboxState } from './sandbox.state.js';
import { StateChanges } from './state-changes.js';
import { readState, writeState } from './state.file.js';
import { takeStateLock, type StateLock } from './state.lock.js';

const SAVE_AFTER_MS = 200;
const REST_PER_SAVE = 10;

/** Loads the state at start and saves its changes, when there is a state file. */
@Injectable()
export class StateKeeper implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger(StateKeeper.name);
  #lock: StateLock | undefined;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #restMs = SAVE_AFTER_MS;

  constructor(
    @Inject(SANDBOX_OPTIONS) private readonly options: ResolvedSandboxOptions,
    private readonly changes: StateChanges,
    private readonly store: PayoutStore,
    private readonly clock: SandboxClock,
    private readonly settings: WebhookSettingsHolder,
    private readonly sender: WebhookSender,
    private readonly counter: RequestCounter,
    private readonly added: AddedTransactions,
    private readonly reports: ReportsService,
  ) {}

  async onModuleInit(): Promise<void> {
    const { data } = this.options;
    const state = data === undefined ? undefined : await this.#open(data);
    for (const payout of state?.payouts ?? []) this.store.put(payout);
    if (state) {
      this.settings.restore(state.webhooks);
      this.counter.restore(state.requests);
      if (state.statements) {
        this.added.restore(state.statements.transactions);
        this.reports.restore(state.statements.reports);
      }
    }
    this.clock.start(state?.clock);
    this.changes.listen(() => this.#saveSoon());
  }

  /** Publishes the sandbox's address to programs that find the state file in use. */
  async announce(url: string): Promise<void> {
    await this.#lock?.announce(url);
  }

  /** Deliveries in flight are aborted; they stay due in the state file. */
  beforeApplicationShutdown(): void {
    this.clock.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#save();
    this.changes.listen(() => undefined);
    this.sender.abortAll();
    await this.#lock?.release();
    this.#lock = undefined;
  }

  async #open(data: string): Promise<SandboxState | undefined> {
    this.#lock = await takeStateLock(data, (reason) => {
      this.#lock = undefined;
      this.#logger.error(`The lock of ${data} was lost, nothing is saved any more: ${reason.message}`);
    });
    try {
      return await readState(data);
    } catch (error) {
      await this.#lock.release();
      // Without the lock, the file must not be written at shutdown.
      this.#lock = undefined;
      throw error;
    }
  }

  #saveSoon(): void {
    if (!this.#lock) return;
    this.#timer ??= setTimeout(() => void this.#save(), this.#restMs).unref();
  }

  #save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#write());
    return this.#saving;
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    const { data } = this.options;
    if (data === undefined || !this.#lock) return;
    const startedAt = performance.now();
    try {
      await writeState(data, this.#state());
    } catch (error) {
      this.#logger.error(`The state could not be saved to ${data}: ${String(error)}`);
    }
    // A large state is saved less often, so that saving never takes more than a small share of the time.
    this.#restMs = Math.max(SAVE_AFTER_MS, (performance.now() - startedAt) * REST_PER_SAVE);
  }

  #state(): SandboxState {
    return {
      version: 1,
      clock: this.clock.state(),
      payouts: [...this.store.all()],
      webhooks: this.settings.current,
      requests: this.counter.state(),
      statements: { transactions: this.added.state(), reports: this.reports.state() },
    };
  }
}
