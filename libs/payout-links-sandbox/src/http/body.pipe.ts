import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { SandboxError, type FieldError } from './sandbox.error.js';

const MAX_LEVELS = 100;

/** Refuses what the pipe itself breaks at: very deep JSON, and names of fields that every object has. */
class BodyPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const path = unusableField(value);
    if (path !== null) throw SandboxError.validation([{ path, message: `${path} is not a known field` }]);
    return super.transform(value, metadata) as unknown;
  }
}

function unusableField(value: unknown, path = '', levels = MAX_LEVELS): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (levels === 0) return path.split('.', 1)[0]!;
  for (const [name, inner] of Object.entries(value)) {
    const here = path === '' ? name : `${path}.${name}`;
    const found = name in Object.prototype ? here : unusableField(inner, here, levels - 1);
    if (found !== null) return found;
  }
  return null;
}

/** Parses a request body as an instance of a class; throws `API_VALIDATION_ERROR` naming every invalid field. */
export function bodyOf(
  type: new () => object,
  { unknownFields }: { unknownFields: 'ignored' | 'refused' },
): ValidationPipe {
  return new BodyPipe({
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
