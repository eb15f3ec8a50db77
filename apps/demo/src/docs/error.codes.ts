/** One error code with an example. */
interface ErrorCase {
  status: number;
  message: string;
  details?: readonly { field: string; message: string }[];
}

/** Every error code of the API. Messages are examples: only codes are stable. */
export const ERROR_CODES = {
  INVALID_PAYOUT_LINK: {
    status: 400,
    message: 'amount: amount must be at least 10000',
    details: [{ field: 'amount', message: 'amount must be at least 10000' }],
  },
  BAD_REQUEST: { status: 400, message: 'the body is not valid JSON' },
  UNAUTHORIZED: { status: 401, message: 'the API key is missing or wrong' },
  FORBIDDEN: { status: 403, message: 'Cross-origin request detected from Sec-Fetch-Site header' },
  PAYOUT_LINK_NOT_FOUND: {
    status: 404,
    message: 'there is no payout link "5b0f7f5e-6c1b-4c39-9c62-0f7a4d1e8a11"',
  },
  NOT_FOUND: {
    status: 404,
    message: 'account: no account named "shop" is configured: add it to accounts',
  },
  DUPLICATE_PAYOUT: {
    status: 409,
    message: 'the external id refund-2026-0001 is taken by a payout with another amount or e-mail address',
  },
  PAYOUT_LINK_NOT_VOIDABLE: {
    status: 409,
    message: 'only a PENDING payout link can be voided; this one is REQUESTED',
  },
  REISSUE_REFUSED: {
    status: 409,
    message: 'the payout link cannot be reissued: it may not be sent again before 2026-01-31T10:30:00.000Z',
  },
  ADOPT_REFUSED: {
    status: 409,
    message: 'the provider’s payout link has another external id or amount: it is another payout',
  },
  ABANDON_REFUSED: {
    status: 409,
    message: 'only an UNCONFIRMED payout link can be abandoned; this one is PENDING',
  },
  PAYLOAD_TOO_LARGE: { status: 413, message: 'request entity too large' },
  INSUFFICIENT_BALANCE: {
    status: 422,
    message: 'the provider refused (INSUFFICIENT_BALANCE): The balance in your account is insufficient',
  },
  PAYOUT_REJECTED: {
    status: 422,
    message: 'the provider refused (API_VALIDATION_ERROR): There was an error with the format submitted',
    details: [{ field: 'email', message: '"email" must be a valid email' }],
  },
  INTERNAL_ERROR: { status: 500, message: 'something went wrong here; the log says what' },
  AUTHENTICATION_FAILED: {
    status: 502,
    message: 'the provider refused (INVALID_API_KEY): API key is invalid',
  },
  PERMISSION_DENIED: {
    status: 502,
    message:
      'the provider refused (REQUEST_FORBIDDEN_ERROR): The API key is forbidden to perform this request',
  },
  PROVIDER_UNAVAILABLE: { status: 502, message: 'the provider could not be reached: ECONNREFUSED' },
  UNEXPECTED_RESPONSE: {
    status: 502,
    message: 'the provider’s response is not about the requested link',
  },
  RATE_LIMITED: { status: 503, message: 'the provider’s rate limit is reached' },
  SERVICE_UNAVAILABLE: { status: 503, message: 'the delivery could not be stored: send it again' },
  DATABASE_UNAVAILABLE: { status: 503, message: 'the database cannot be reached: try again later' },
} as const satisfies Record<string, ErrorCase>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The response for a code, as an example. */
export function exampleOfError(code: ErrorCode): { error: object } {
  const { status: _, ...example } = ERROR_CODES[code] as ErrorCase;
  return { error: { code, ...example } };
}
