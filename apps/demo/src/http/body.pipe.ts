import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { InvalidPayoutLinkError, type FieldError } from 'nestjs-payout-links';

/** Parses a request body as an instance of a class; refuses unknown fields. The error names every invalid field. */
export function bodyOf(type: new () => object): ValidationPipe {
  return new ValidationPipe({
    expectedType: type,
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors) => new InvalidPayoutLinkError(errors.flatMap(fieldErrors)),
  });
}

function fieldErrors({ property, constraints = {} }: ValidationError): FieldError[] {
  // The pipe reports a body that is not an object under the kind of its parameter.
  if (property === 'body') return [{ field: 'body', message: 'the body must be a JSON object' }];
  if (constraints.whitelistValidation !== undefined) {
    return [{ field: property, message: `${property} is not a known field` }];
  }
  return Object.values(constraints).map((message) => ({ field: property, message }));
}
