import type { PipeTransform } from '@nestjs/common';
import { InvalidPayoutLinkError, type FieldError, type ListPayoutLinks } from 'nestjs-payout-links';

const PARAMETERS: readonly string[] = ['status', 'q', 'limit', 'cursor'];

/** Parses the query string of the list; the service validates the values. */
export class ListQueryPipe implements PipeTransform<Record<string, unknown>, ListPayoutLinks> {
  constructor(private readonly parameters = PARAMETERS) {}

  /** @throws InvalidPayoutLinkError naming every parameter that is unknown, repeated, empty or not a number */
  transform(query: Record<string, unknown>): ListPayoutLinks {
    const errors = Object.entries(query).flatMap(([field, value]): FieldError[] => {
      const message = refusalOf(field, value, this.parameters);
      return message === undefined ? [] : [{ field, message }];
    });
    if (errors.length > 0) throw new InvalidPayoutLinkError(errors);
    const { limit, ...rest } = query;
    return { ...rest, ...(limit !== undefined && { limit: Number(limit) }) };
  }
}

function refusalOf(name: string, value: unknown, parameters: readonly string[]): string | undefined {
  if (!parameters.includes(name)) return `${name} is not a parameter: there are ${parameters.join(', ')}`;
  if (typeof value !== 'string') return `${name} must be given once`;
  if (value === '') return `${name} must not be empty`;
  if (value.includes('\0')) return `${name} must not hold a NUL character`;
  if (name === 'limit' && !/^\d{1,9}$/.test(value)) return 'limit must be a whole number from 1 to 200';
  return undefined;
}
