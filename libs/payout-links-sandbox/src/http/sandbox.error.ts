/** One invalid field of a request. */
export interface FieldError {
  path: string;
  message: string;
}

/** A refusal in the provider's format, with its HTTP status. */
export class SandboxError extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    readonly errors?: readonly FieldError[],
  ) {
    super(message);
  }

  static validation(errors: readonly FieldError[]): SandboxError {
    const message = 'There was an error with the format submitted to the server.';
    return new SandboxError(400, 'API_VALIDATION_ERROR', message, errors);
  }

  static invalidJson(): SandboxError {
    return new SandboxError(400, 'INVALID_JSON_FORMAT', 'The request body is not valid JSON.');
  }

  static invalidApiKey(): SandboxError {
    return new SandboxError(401, 'INVALID_API_KEY', 'The API key provided is invalid.');
  }

  static notFound(what = 'Payout'): SandboxError {
    return new SandboxError(404, 'DATA_NOT_FOUND', `${what} does not exist.`);
  }

  static duplicateExternalId(): SandboxError {
    const message = 'A payout with this external_id already exists. Use a unique external_id and try again.';
    return new SandboxError(409, 'DUPLICATE_PAYOUT_ERROR', message);
  }

  static duplicateIdempotencyKey(): SandboxError {
    const message =
      'A payout with this idempotency key already exists. If you meant to execute a different request, please use another idempotency key.';
    return new SandboxError(409, 'DUPLICATE_PAYOUT_ERROR', message);
  }

  static insufficientBalance(): SandboxError {
    const message = 'The balance in your account is insufficient to make the payout in the desired amount.';
    return new SandboxError(400, 'INSUFFICIENT_BALANCE', message);
  }

  static cancellationNotAllowed(): SandboxError {
    const message = 'Only a payout whose status is PENDING can be cancelled.';
    return new SandboxError(400, 'CANCELLATION_NOT_ALLOWED', message);
  }

  static notClaimable(status: string): SandboxError {
    const message = `Only a payout whose status is PENDING can be claimed; this one is ${status}.`;
    return new SandboxError(409, 'CLAIM_NOT_ALLOWED', message);
  }

  static featureNotAvailable(what: string): SandboxError {
    return new SandboxError(400, 'FEATURE_NOT_AVAILABLE', `The sandbox has no reports of type ${what}.`);
  }

  static rateLimited(): SandboxError {
    return new SandboxError(429, 'RATE_LIMIT_EXCEEDED', 'Too many requests. Slow down and try again later.');
  }

  static server(): SandboxError {
    return new SandboxError(500, 'SERVER_ERROR', 'An unexpected error occurred. Try again later.');
  }
}
