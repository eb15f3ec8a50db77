import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ErrorAnswerBody } from './error.schema.js';

const MEANINGS = {
  400: 'invalid; `details` names each bad field',
  401: 'the key or token is missing or wrong',
  404: 'no such payout link',
  409: 'refused by the state of the link, or a duplicate',
  413: 'the body is larger than 256 kB',
  422: 'refused by the provider',
  502: 'the provider is out of reach, refuses the key, or its answer cannot be used',
  503: 'the database is away, or the provider takes no more requests for now (`Retry-After`)',
} as const;

/** Documents the errors of a route; 401 and 503 can come from all of them. */
export function ApiErrors(...statuses: (keyof typeof MEANINGS)[]): MethodDecorator {
  const headers = {
    'Retry-After': { description: 'whole seconds, when rate limited', schema: { type: 'integer' } },
  };
  return applyDecorators(
    ...[...new Set([...statuses, 401, 503] as const)].map((status) =>
      ApiResponse({
        status,
        type: ErrorAnswerBody,
        description: MEANINGS[status],
        ...(status === 503 && { headers }),
      }),
    ),
  );
}
