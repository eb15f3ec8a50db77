import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installHost, packLibraries, type InstalledHost, type Tarballs } from './installed-host.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const INSTALL_WITHIN_MS = 240_000;

let tarballs: Tarballs;
beforeAll(async () => {
  tarballs = await packLibraries();
}, INSTALL_WITHIN_MS);
afterAll(() => tarballs.remove());

describe('a fresh Nest 12 application of ES modules, with TypeORM 1', () => {
  let host: InstalledHost;
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase([]);
    host = await installHost('host-nest-12-esm', tarballs);
  }, INSTALL_WITHIN_MS);
  afterAll(async () => {
    await host?.remove();
    await database?.drop();
  });

  it('is compiled strictly, the types of its packages checked too', async () => {
    await host.run('npm', ['run', 'build']);
  });

  it('migrates, creates a link, and its method is called when a webhook tells of the end', async () => {
    const said = await host.run('npm', ['run', '--silent', 'start'], { DATABASE_URL: database.url });
    expect(JSON.parse(said)).toEqual({
      created: { status: 'PENDING', amount: '150000', open: true },
      handled: { externalId: 'refund-1', from: 'PENDING', to: 'SUCCEEDED', source: 'WEBHOOK' },
      migrations: ['CreatePayoutLinks1764000000000', 'IndexPaidLinks1764000200000'],
      webhooks: { withAWrongToken: 401, withTheToken: 200 },
      copiesOfTheModule: 1,
    });
  });
});
