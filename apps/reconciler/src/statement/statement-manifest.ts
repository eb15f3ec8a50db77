import { isBusinessDate, type BusinessDate } from '../slot/business-date.js';
import type { StatementKind } from './statement-line.js';

/** A file of the provider's, kept in the set. */
export interface KeptStatement {
  file: string;
  kind: StatementKind;
  /** Without the header. */
  rows: number;
  /** Lower-case hex. */
  sha256: string;
}

/** The content of a set's `manifest.json`. */
export interface StatementManifest {
  account: string;
  from: BusinessDate;
  to: BusinessDate;
  asOf: string;
  timezone: string;
  generator: string;
  statements: readonly KeptStatement[];
  /** Of any shape when it was read: it may have been edited. */
  files: Readonly<Record<string, unknown>>;
  bytes?: unknown;
}

/** The name of the provider's nth file in a set. */
export function keptName(number: number): string {
  return `statement-${number}.csv`;
}

/** Whether a file of a set is one of the provider's. */
export function isKeptName(name: string): boolean {
  return /^statement-\d+\.csv$/.test(name);
}

/** Parses a manifest; undefined when the text is not one of a statement set. */
export function parseStatementManifest(text: string): StatementManifest | undefined {
  let value: Partial<Record<keyof StatementManifest, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  const isDate = (date: unknown) => typeof date === 'string' && isBusinessDate(date);
  const isManifest =
    typeof value?.account === 'string' &&
    isDate(value.from) &&
    isDate(value.to) &&
    Array.isArray(value.statements) &&
    value.statements.every(isKeptStatement) &&
    typeof value.files === 'object' &&
    value.files !== null;
  return isManifest ? (value as StatementManifest) : undefined;
}

function isKeptStatement(value: unknown): value is KeptStatement {
  const { file, sha256 } = (value ?? {}) as Partial<KeptStatement>;
  return typeof file === 'string' && isKeptName(file) && typeof sha256 === 'string';
}
