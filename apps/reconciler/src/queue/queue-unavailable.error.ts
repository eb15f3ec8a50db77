/** The job queue is unreachable. */
export class QueueUnavailableError extends Error {
  readonly code = 'QUEUE_UNAVAILABLE';

  constructor(cause: unknown) {
    super(
      `The queue cannot be reached (${cause instanceof Error ? cause.message : String(cause)}).` +
        ' Fix QUEUE_URL, or unset it: the queue is then kept in the database.',
      { cause },
    );
    this.name = 'QueueUnavailableError';
  }
}
