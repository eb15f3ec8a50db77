import type { PipeTransform } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { InvalidPayoutLinkError } from 'nestjs-payout-links';

/** Reads a request body as an instance of a class; refuses fields that it does not know. */
export class BodyOf<T extends object> implements PipeTransform<unknown, T> {
  constructor(private readonly type: new () => T) {}

  /** @throws InvalidPayoutLinkError naming every field that is wrong */
  transform(body: unknown): T {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new InvalidPayoutLinkError([{ field: 'body', message: 'the body must be a JSON object' }]);
    }
    const value = new this.type();
    for (const [name, given] of Object.entries(body)) {
      // Not an assignment: a field may be called __proto__.
      Object.defineProperty(value, name, {
        value: given,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    const errors = validateSync(value, { whitelist: true, forbidNonWhitelisted: true }).flatMap(
      ({ property, constraints = {} }) =>
        constraints.whitelistValidation === undefined
          ? Object.values(constraints).map((message) => ({ field: property, message }))
          : [{ field: property, message: `${property} is not a known field` }],
    );
    if (errors.length > 0) throw new InvalidPayoutLinkError(errors);
    return value;
  }
}
