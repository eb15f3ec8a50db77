import type { FileSummary } from '../csv.js';
import type { ReportRepository } from '../report.repository.js';
import { writeText } from '../write-text.js';
import type { PageFigures } from './page.sections.js';
import { atSlotEnd } from '../slot-history.js';
import { STATES_SQL, WEBHOOK_HEALTH_SQL, type StateRow, type WebhookHealthRow } from './page.sql.js';

/** Writes `report.html` from the totals of the other files and from sums over the slot's history. */
export async function writePage(
  file: string,
  queries: ReportRepository,
  slot: unknown[],
  given: Omit<PageFigures, 'states' | 'webhooks'>,
): Promise<FileSummary> {
  const [states, webhooks] = await Promise.all([
    queries.all<StateRow>(STATES_SQL, atSlotEnd(given.run)),
    queries.all<WebhookHealthRow>(WEBHOOK_HEALTH_SQL, slot),
  ]);
  // Loading the charts' library is slow, so it is only loaded for a page.
  const { pageText } = await import('./page.html.js');
  const text = pageText({ ...given, states, webhooks: webhooks[0]! });
  return writeText(file, text);
}
