import parse from 'parse-prometheus-text-format';

/** The names of product.md §10. */
export const METRIC_NAMES = [
  'payout_links_provider_requests_total',
  'payout_links_provider_request_duration_seconds',
  'payout_links_transitions_total',
  'payout_links_webhook_deliveries_total',
  'payout_links_webhook_lag_seconds',
  'payout_links_inbox_oldest_seconds',
  'payout_links_inbox_waiting',
  'payout_links_dead_letters',
  'payout_links_outbox_oldest_seconds',
  'payout_links_links',
  'payout_links_unconfirmed_oldest_seconds',
  'payout_links_reconcile_last_finished_timestamp_seconds',
  'payout_links_reconcile_coverage_ratio',
  'payout_links_reconcile_failures',
  'payout_links_reconcile_balanced',
  'payout_links_reconcile_duration_seconds',
] as const;

/** The series of a scrape: `name{label="value"}` and its value; of a histogram its count. */
export type Series = Record<string, number>;

/** A process's metrics, parsed. */
export async function scrape(url: string): Promise<Series> {
  const response = await fetch(`${url}/metrics`);
  if (!response.headers.get('content-type')?.startsWith('text/plain; version=0.0.4'))
    throw new Error(`not Prometheus' text: ${String(response.headers.get('content-type'))}`);
  const text = await response.text();
  const series: Series = {};
  for (const { name, type, metrics } of parse(text)) {
    if (type === 'HISTOGRAM') {
      // The parser joins a histogram's series.
      for (const [, labels, value] of text.matchAll(new RegExp(`^${name}_count(\\S*) (\\S+)$`, 'gm')))
        series[name + labels!] = Number(value);
      continue;
    }
    for (const { labels = {}, value } of metrics) {
      const pairs = Object.entries(labels).map(([label, of]) => `${label}="${of}"`);
      series[pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`] = Number(value);
    }
  }
  return series;
}
