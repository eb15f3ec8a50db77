import { getSchemaPath } from '@nestjs/swagger';
import { ERROR_CODES, exampleOfError, type ErrorCode } from './error.codes.js';
import { ErrorResponseBody } from './error.schema.js';

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'invalid; `details` names each invalid field',
  401: 'the key or token is missing or wrong',
  403: 'a page of another site made a browser send it',
  404: 'no such payout link',
  409: 'refused by the state of the link, or a duplicate',
  413: 'the body is larger than 256 kB',
  422: 'refused by the provider',
  500: 'an internal error',
  502: 'the provider is unreachable, refuses the key, or its response is unusable',
  503: 'the database is unavailable, or the provider’s rate limit is reached',
};

/** The response for some codes. */
export interface ErrorResponse {
  description: string;
  headers?: Record<string, { description: string; schema: { type: string } }>;
  content: { 'application/json': { schema: object; examples: Record<string, { value: object }> } };
}

/** The error responses by HTTP status: which codes each can have, with an example of each. */
export function errorResponses(codes: readonly ErrorCode[]): Map<number, ErrorResponse> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    if (!codes.includes(code)) continue;
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return new Map([...byStatus].map(([status, theirs]) => [status, responseOf(status, theirs)]));
}

function responseOf(status: number, codes: readonly ErrorCode[]): ErrorResponse {
  const oneOfThese = {
    type: 'object',
    properties: { error: { type: 'object', properties: { code: { type: 'string', enum: [...codes] } } } },
  };
  return {
    description: MEANINGS[status]!,
    ...headersOf(status),
    content: {
      'application/json': {
        schema: { allOf: [{ $ref: getSchemaPath(ErrorResponseBody) }, oneOfThese] },
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOfError(code) }])),
      },
    },
  };
}

function headersOf(status: number): Pick<ErrorResponse, 'headers'> {
  if (status === 401) {
    return {
      headers: { 'WWW-Authenticate': { description: 'how to give the key', schema: { type: 'string' } } },
    };
  }
  if (status !== 503) return {};
  return {
    headers: {
      'Retry-After': { description: 'whole seconds', schema: { type: 'integer' } },
    },
  };
}
