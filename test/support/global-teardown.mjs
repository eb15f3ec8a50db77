/** The last run to exit stops the embedded PostgreSQL. */
export default async function globalTeardown() {
  await globalThis.testDatabase?.close();
}
