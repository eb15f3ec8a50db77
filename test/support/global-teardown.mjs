/** The last run to leave stops the embedded PostgreSQL. */
export default async function globalTeardown() {
  await globalThis.testDatabase?.close();
}
