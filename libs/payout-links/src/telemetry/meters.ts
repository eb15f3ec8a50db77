import { Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { PayoutLinkRecorder } from '../link/payout-link.recorder.js';
import { SCOPE } from './spans.js';

/** What was asked of the provider. */
export type ProviderOperation = 'create' | 'read' | 'void' | 'balance';

/** What became of a webhook request. */
export type WebhookOutcome = 'stored' | 'unauthorized' | 'invalid' | 'unavailable';

const REQUEST_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];
const LAG_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];

/** Counters and histograms, through the host's OpenTelemetry SDK; without one they do nothing. */
@Injectable()
export class Meters {
  // When the module is created, hosts have set up their SDK.
  private readonly meter = metrics.getMeter(SCOPE);
  private readonly requests = this.meter.createCounter('payout_links_provider_requests_total', {
    description: 'HTTP attempts at the provider',
  });
  private readonly durations = this.histogram(
    'payout_links_provider_request_duration_seconds',
    'Duration of an HTTP attempt at the provider',
    REQUEST_SECONDS,
  );
  private readonly transitions = this.meter.createCounter('payout_links_transitions_total', {
    description: 'Changes of status that this process recorded',
  });
  private readonly deliveries = this.meter.createCounter('payout_links_webhook_deliveries_total', {
    description: 'Webhook requests of the provider',
  });
  private readonly lag = this.histogram(
    'payout_links_webhook_lag_seconds',
    'Time from the arrival of a webhook delivery to the end of its processing',
    LAG_SECONDS,
  );

  constructor(recorder: PayoutLinkRecorder) {
    recorder.onMove(({ link: { account, status }, from, source }) => {
      if (status !== from) this.transitions.add(1, { account, to: status, source });
    });
  }

  providerRequest(account: string, operation: ProviderOperation, outcome: string, seconds: number): void {
    this.requests.add(1, { account, operation, outcome });
    this.durations.record(seconds, { account, operation });
  }

  /** @param account undefined while the token is not known to be of one */
  webhookRequest(outcome: WebhookOutcome, account?: string): void {
    this.deliveries.add(1, { outcome, ...(account !== undefined && { account }) });
  }

  webhookProcessed(account: string, lagSeconds: number): void {
    this.lag.record(lagSeconds, { account });
  }

  private histogram(name: string, description: string, explicitBucketBoundaries: number[]) {
    return this.meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries } });
  }
}
