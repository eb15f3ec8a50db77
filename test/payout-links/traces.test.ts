import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { OnPayoutLink, PAYOUT_LINKS_MIGRATIONS, type PayoutLinkEvent } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { until } from '../support/until.js';

const spans = new InMemorySpanExporter();

@Injectable()
class Ledger {
  static active: string | undefined;

  @OnPayoutLink('succeeded')
  book({ to }: PayoutLinkEvent): void {
    Ledger.active = `${to} in ${trace.getActiveSpan()?.spanContext().traceId}`;
  }
}

let database: TestDatabase;
let sandbox: Sandbox;
let receiver: Host;
let processor: Host;
beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
  );
  database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
  sandbox = await startSandbox();
  const common = { databaseUrl: database.url, sandbox };
  receiver = await startHost({ ...common, options: { webhook: { process: false } } });
  processor = await startHost({ ...common, options: { webhook: { receive: false } }, providers: [Ledger] });
  spanPerRequest(receiver);
});
afterAll(async () => {
  await receiver.close();
  await processor.close();
  await sandbox.close();
  await database.drop();
});

/** As an instrumentation of node:http does. */
function spanPerRequest({ app }: Host): void {
  const server = app.getHttpServer() as Server;
  const emit = server.emit.bind(server);
  server.emit = (event: string, ...args: unknown[]) => {
    if (event !== 'request') return emit(event, ...args);
    return trace.getTracer('http').startActiveSpan('POST /webhooks', (span) => {
      const emitted = emit(event, ...args);
      span.end();
      return emitted;
    });
  };
}

it("a trace joins a webhook's request, its processing in another process, the read and the handlers", async () => {
  const caller = new SandboxCaller(sandbox);
  await caller.control('webhooks', { url: receiver.webhookUrl });
  const link = await receiver.service.create({
    externalId: 'traced',
    amount: 50_000n,
    email: 'siti@example.com',
  });
  spans.reset();
  await caller.claim(link.providerId!, '1234567890');
  // The processing may end after the handler, so both are waited for.
  const ended = (wanted: string) =>
    until(`the span ${wanted} ends`, () => spans.getFinishedSpans().find(({ name }) => name === wanted));
  const handled = await ended('payout_links.handler');
  await ended('payout_links.webhook.process');
  const { traceId } = handled.spanContext();
  const ofTrace = spans.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);
  const parentOf = ({ parentSpanContext }: ReadableSpan) =>
    ofTrace.find((span) => span.spanContext().spanId === parentSpanContext?.spanId)?.name ?? null;
  expect(Object.fromEntries(ofTrace.map((span) => [span.name, parentOf(span)]))).toEqual({
    'POST /webhooks': null,
    'payout_links.webhook.store': 'POST /webhooks',
    'payout_links.webhook.process': 'payout_links.webhook.store',
    'payout_links.provider.read': 'payout_links.webhook.process',
    'payout_links.handler': 'payout_links.webhook.process',
  });
  expect(Ledger.active).toBe(`SUCCEEDED in ${traceId}`);
});

it('a span says how a request ended, and nothing about a person or a key', async () => {
  spans.reset();
  await new SandboxCaller(sandbox).control('faults', { route: 'POST /payouts', kind: '500', times: 1 });
  await receiver.service.create({ externalId: 'traced-2', amount: 50_000n, email: 'siti@example.com' });
  const requests = spans.getFinishedSpans().filter(({ name }) => name === 'payout_links.provider.create');
  expect(requests.map(({ attributes }) => attributes['payout_links.outcome'])).toEqual([
    'inconclusive',
    'ok',
  ]);
  const text = JSON.stringify(
    spans
      .getFinishedSpans()
      .map(({ name, attributes, status, events }) => [name, attributes, status, events]),
  );
  expect(text).not.toMatch(/siti|@example/);
  expect(text).not.toContain(sandbox.apiKey);
});
