/** The place where jobs are kept cannot be reached. */
export class QueueUnavailableError extends Error {
  readonly code = 'QUEUE_UNAVAILABLE';

  constructor(cause: unknown) {
    super(
      `The queue cannot be reached (${cause instanceof Error ? cause.message : String(cause)}).` +
        ' Mend QUEUE_URL, or leave it out: the queue is then kept in the database.',
      { cause },
    );
    this.name = 'QueueUnavailableError';
  }
}
