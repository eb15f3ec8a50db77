type Node = Record<string, unknown>;

/** Rewrites `nullable` for OpenAPI 3.1 and JSON Schema; with 3.0's keyword a reference cannot be nullable. */
export function nullsSpelledOut<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => nullsSpelledOut(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest }: Node = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, nullsSpelledOut(inner as unknown)]),
  );
  return (nullable === true ? orNull(rest) : { ...rest, ...(nullable !== undefined && { nullable }) }) as T;
}

function orNull({ allOf, type, description, ...rest }: Node): Node {
  const described = description === undefined ? {} : { description };
  if (Array.isArray(allOf)) return { ...described, anyOf: [...(allOf as Node[]), { type: 'null' }], ...rest };
  return { type: [type, 'null'], ...described, ...rest };
}
