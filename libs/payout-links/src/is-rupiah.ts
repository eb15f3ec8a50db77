import { registerDecorator } from 'class-validator';

/** Whole rupiah as bigint or safe integer, up to 9 007 199 254 740 991. */
export function IsRupiah(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isRupiah',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) =>
          (typeof value === 'bigint' && value >= 1n && value <= BigInt(Number.MAX_SAFE_INTEGER)) ||
          (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1),
        defaultMessage: () =>
          `${String(property)} must be a whole number of rupiah from 1 to 9007199254740991`,
      },
    });
}
