/** One thing that may put a link on the list of failures to settle, or take it off. */
export interface FailureEvent {
  kind:
    /** Its status changed. */
    | 'MOVED'
    /** An operator wrote its failure off. */
    | 'WRITTEN_OFF'
    /** A new link was sent for it. */
    | 'REPLACED';
  /** `MOVED`: into a failed status. */
  failed: boolean;
  /** The link's version after the change, or when it was written off. */
  version: number;
  /** In an earlier slot. */
  before: boolean;
}

/** Lines of the roll-forward of failures between its opening and its closing. */
export type FailureLine =
  'failures_new' | 'failures_reopened' | 'failures_replaced' | 'failures_settled' | 'failures_written_off';

/**
 * The lines in which one link counts in a slot. Every line is gross: a failure that arises and is settled in the slot
 * counts in both. One that was written off and then sent again by force counts as reopened and as replaced.
 * @param events of one link since its creation: those of earlier slots first, then by time
 */
export function linesOfFailure(events: readonly FailureEvent[]): FailureLine[] {
  const lines: FailureLine[] = [];
  let [failed, hasFailed, writtenOff, replaced] = [false, false, false, false];
  let version = 0;
  for (const event of events) {
    const listed = failed && !writtenOff && !replaced;
    const counted: FailureLine[] = [];
    switch (event.kind) {
      case 'MOVED':
        if (listed && !event.failed) counted.push('failures_settled');
        if (!listed && event.failed && !replaced)
          counted.push(hasFailed ? 'failures_reopened' : 'failures_new');
        ({ failed, version } = event);
        hasFailed ||= failed;
        writtenOff = false;
        break;
      case 'WRITTEN_OFF':
        // It applies to the failure at that time only.
        if (event.version < version || !failed) break;
        if (listed) counted.push('failures_written_off');
        writtenOff = true;
        break;
      case 'REPLACED':
        if (failed && !listed) counted.push('failures_reopened');
        if (failed) counted.push('failures_replaced');
        replaced = true;
        break;
    }
    if (!event.before) lines.push(...counted);
  }
  return lines;
}
