import type { OpenAPIObject } from '@nestjs/swagger';
import { errorResponses } from './error.responses.js';
import { DELIVERY_EXAMPLES } from './examples.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

/** Documents the module's own route, which has no OpenAPI decorators. */
export const WEBHOOK_OPERATION = {
  operationId: 'receiveWebhook',
  summary: 'Receives the provider’s webhooks: stores each, responds, then processes it',
  description: 'A delivery is a hint: the state of its payout link comes from a read of the provider.',
  tags: ['webhook'],
  security: [{ callbackToken: [] }],
  parameters: [
    {
      name: 'webhook-id',
      in: 'header',
      required: false,
      description: 'the same for every attempt of a delivery, which is kept once',
      schema: { type: 'string' },
    },
  ],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          description: 'any JSON object; unknown fields are stored too',
          properties: { event: { type: 'string' }, data: { type: 'object', additionalProperties: true } },
          additionalProperties: true,
        },
        examples: DELIVERY_EXAMPLES,
      },
    },
  },
  responses: {
    200: {
      description: 'stored',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { received: { type: 'boolean', enum: [true] } },
            required: ['received'],
          },
          examples: { stored: { value: { received: true } } },
        },
      },
    },
    ...Object.fromEntries(
      errorResponses([
        'BAD_REQUEST',
        'UNAUTHORIZED',
        'FORBIDDEN',
        'PAYLOAD_TOO_LARGE',
        'INTERNAL_ERROR',
        'DATABASE_UNAVAILABLE',
        'SERVICE_UNAVAILABLE',
      ]),
    ),
  },
} satisfies Operation;
