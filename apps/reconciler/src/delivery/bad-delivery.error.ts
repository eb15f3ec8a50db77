/** What was asked for cannot be delivered. */
export class BadDeliveryError extends Error {
  readonly code = 'BAD_DELIVERY';
  readonly exitCode = 2;

  constructor(message: string) {
    super(message);
    this.name = 'BadDeliveryError';
  }
}
