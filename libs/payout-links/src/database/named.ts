/** A statement and its values, as `Statements.query` takes them. */
type Numbered = [text: string, values: unknown[]];

/**
 * A statement with named parameters (`:name`), for PostgreSQL, which numbers them.
 * @returns a function from values by name to the numbered statement; it throws when a value is missing
 */
export function named(text: string): (values: Readonly<Record<string, unknown>>) => Numbered {
  const names: string[] = [];
  // Not `::type`.
  const numbered = text.replaceAll(/(?<!:):([a-z]\w*)/gi, (_, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return (values) => [numbered, names.map((name) => valueOf(name, values))];
}

function valueOf(name: string, values: Readonly<Record<string, unknown>>): unknown {
  if (values[name] === undefined) throw new Error(`the statement needs a value for :${name}`);
  return values[name];
}
