import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { InvalidPayoutLinkError, type FieldError } from 'nestjs-payout-links';
import { isTooDeep } from 'nestjs-payout-links/unstable';

/** Refuses what the pipe itself breaks at: very deep JSON, and names of fields that every object has. */
class BodyPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (isTooDeep(value)) {
      const message = 'the body must be a JSON object of 100 levels at most';
      throw new InvalidPayoutLinkError([{ field: 'body', message }]);
    }
    const inherited = inheritedPaths(value);
    if (inherited.length === 0) return super.transform(value, metadata) as unknown;
    const errors = inherited.map(unknownField);
    const named = inherited.map((path) => path.split('.', 1)[0]!);
    const others = Object.entries(value as object).filter(([name]) => !named.includes(name));
    try {
      await super.transform(Object.fromEntries(others), metadata);
    } catch (error) {
      if (!(error instanceof InvalidPayoutLinkError)) throw error;
      errors.push(...error.errors);
    }
    throw new InvalidPayoutLinkError(errors);
  }
}

/** Paths of the fields, at any level, with names that every object inherits: class-transformer drops them, or breaks. */
function inheritedPaths(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name in Object.prototype ? [`${prefix}${name}`] : inheritedPaths(inner, `${prefix}${name}.`),
  );
}

function unknownField(field: string): FieldError {
  return { field, message: `${field} is not a known field` };
}

/** Parses a request body as an instance of a class; refuses unknown fields. The error names every invalid field. */
export function bodyOf(type: new () => object): ValidationPipe {
  return new BodyPipe({
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
    return [unknownField(property)];
  }
  return Object.values(constraints).map((message) => ({ field: property, message }));
}
