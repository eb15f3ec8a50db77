import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { SandboxError, type FieldError } from './sandbox.error.js';

/** Parses a request body as an instance of a class; throws `API_VALIDATION_ERROR` naming every invalid field. */
export function bodyOf(
  type: new () => object,
  { unknownFields }: { unknownFields: 'ignored' | 'refused' },
): ValidationPipe {
  return new ValidationPipe({
    expectedType: type,
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: unknownFields === 'refused',
    stopAtFirstError: true,
    exceptionFactory: (errors) => SandboxError.validation(errors.flatMap(fieldErrors)),
  });
}

function fieldErrors(error: ValidationError): FieldError[] {
  const { property, children = [] } = error;
  // A nested object's message is replaced by those of its fields.
  if (children.length === 0) return [fieldError(error)];
  return children.flatMap(fieldErrors).map((inner) => ({ ...inner, path: `${property}.${inner.path}` }));
}

function fieldError({ property, constraints = {} }: ValidationError): FieldError {
  // The pipe reports a body that is not an object under the kind of its parameter.
  if (property === 'body') return { path: 'body', message: 'the body must be an object' };
  return {
    path: property,
    message: constraints.whitelistValidation
      ? `${property} is not a known field`
      : (Object.values(constraints)[0] ?? `${property} is not valid`),
  };
}
