import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SandboxErrorFilter } from './http/sandbox-error.filter.js';
import { SandboxAddress } from './sandbox.address.js';
import { SandboxModule } from './sandbox.module.js';
import { SANDBOX_API_KEY, type SandboxOptions } from './sandbox.options.js';
import { StateKeeper } from './state/state.keeper.js';
import { WebhookSettingsHolder } from './webhooks/webhook.settings.js';

/** A running sandbox. */
export interface Sandbox {
  /** `http://…`, without a trailing slash. */
  readonly url: string;
  /** A key that the sandbox accepts; others of the form `xnd_…` are other accounts. */
  readonly apiKey: string;
  /** The `x-callback-token` of deliveries. */
  readonly webhookToken: string;
  /** Stops listening, drops open connections and saves the state. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox; resolves once it listens.
 * @throws SandboxStateError when its state file is in use or unreadable
 * @throws the system's error when it cannot listen on the address
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', ...behaviour } = options;
  const app = await quietly(() =>
    NestFactory.create<NestExpressApplication>(SandboxModule.register(behaviour), {
      abortOnError: false,
      forceCloseConnections: true,
    }),
  );
  app.disable('x-powered-by');
  // Longer than clients keep a connection: none sends a request on one that is just being closed.
  app.getHttpServer().keepAliveTimeout = 620_000;
  app.useGlobalFilters(new SandboxErrorFilter());
  try {
    await quietly(() => app.listen(port, host));
  } catch (error) {
    await app.close();
    throw error;
  }
  const url = app.get(SandboxAddress).url();
  await app.get(StateKeeper).announce(url);
  return {
    url,
    apiKey: SANDBOX_API_KEY,
    webhookToken: app.get(WebhookSettingsHolder).current.token,
    close: () => app.close(),
  };
}

class CurrentLogger extends Logger {
  static get() {
    return Logger.staticInstanceRef;
  }
}

/**
 * Runs one of Nest's steps without its start-up log. Nest has one logger for all applications of a process, and a
 * sandbox inside another program must leave that program's logger unchanged.
 */
async function quietly<T>(step: () => Promise<T>): Promise<T> {
  const before = CurrentLogger.get();
  Logger.overrideLogger(false);
  try {
    return await step();
  } finally {
    Logger.overrideLogger(before ?? false);
  }
}
