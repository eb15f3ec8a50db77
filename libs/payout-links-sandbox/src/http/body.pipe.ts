import type { PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { SandboxError, type FieldError } from './sandbox.error.js';

/**
 * Parses a request body as an instance of a validated class; throws `API_VALIDATION_ERROR` naming every invalid
 * field.
 */
export class BodyOf<T extends object> implements PipeTransform<unknown, T> {
  constructor(
    private readonly type: new () => T,
    private readonly options: { unknownFields: 'ignored' | 'refused' },
  ) {}

  transform(body: unknown): T {
    const given = body ?? {};
    if (typeof given !== 'object' || Array.isArray(given)) {
      throw SandboxError.validation([{ path: 'body', message: 'the body must be an object' }]);
    }
    const value = plainToInstance(this.type, given);
    const errors = this.#errors(value);
    if (errors.length > 0) throw SandboxError.validation(errors);
    return value;
  }

  #errors(value: T): FieldError[] {
    return validateSync(value, {
      whitelist: true,
      forbidNonWhitelisted: this.options.unknownFields === 'refused',
      forbidUnknownValues: false,
      stopAtFirstError: true,
    }).map(({ property, constraints = {} }) => ({
      path: property,
      message: constraints.whitelistValidation
        ? `${property} is not a known field`
        : (Object.values(constraints)[0] ?? `${property} is not valid`),
    }));
  }
}
