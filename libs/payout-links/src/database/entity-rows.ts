import { getMetadataArgsStorage, type ValueTransformer } from 'typeorm';

/** A raw row, by column name. */
export type Row = Record<string, unknown>;

interface ColumnOfEntity {
  property: string;
  column: string;
  read: (value: unknown) => unknown;
}

const columns = new Map<unknown, ColumnOfEntity[]>();

/** Converts a row to an instance of its entity, independent of the naming strategy of the host's DataSource. */
export function entityOf<T extends object>(entity: new () => T, row: Row): T {
  const instance = new entity();
  const values = instance as Row;
  for (const { property, column, read } of columnsOf(entity)) values[property] = read(row[column]);
  return instance;
}

/** The names of an entity's columns. */
export function columnNames(entity: new () => object): string[] {
  return columnsOf(entity).map(({ column }) => column);
}

/** The name of an entity's table. */
export function tableOf(entity: new () => object): string {
  return getMetadataArgsStorage().filterTables(entity)[0]!.name!;
}

function columnsOf(entity: new () => object): ColumnOfEntity[] {
  let found = columns.get(entity);
  if (!found) {
    found = getMetadataArgsStorage()
      .filterColumns(entity)
      .map(({ propertyName, options: { name, transformer } }) => ({
        property: propertyName,
        column: name ?? propertyName,
        read: (value: unknown) => (transformer ? (transformer as ValueTransformer).from(value) : value),
      }));
    columns.set(entity, found);
  }
  return found;
}
