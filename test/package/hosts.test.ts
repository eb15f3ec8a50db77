import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import {
  installHost,
  installOldest,
  packLibraries,
  type InstalledHost,
  type Tarballs,
} from './installed-host.js';

const HOSTS = {
  'a fresh Nest 12 application of ES modules, with TypeORM 1': 'host-nest-12-esm',
  'a fresh Nest 11 application of CommonJS, with TypeORM 0.3': 'host-nest-11-commonjs',
} as const;

/** What an application says when all has gone well. */
const STORY = {
  created: { status: 'PENDING', amount: '150000', open: true },
  handled: { externalId: 'refund-1', from: 'PENDING', to: 'SUCCEEDED', source: 'WEBHOOK' },
  migrations: ['CreatePayoutLinks1764000000000', 'IndexPaidLinks1764000200000'],
  webhooks: { withAWrongToken: 401, withTheToken: 200, unreadableWithout: 401 },
  copiesOfTheModule: 1,
};

const INSTALL_WITHIN_MS = 240_000;

describe('the packed libraries in', () => {
  let tarballs: Tarballs;
  const installed = new Map<string, InstalledHost>();
  const databases: TestDatabase[] = [];
  beforeAll(async () => {
    tarballs = await packLibraries();
    const install = async (name: string) => {
      installed.set(name, await installHost(name, tarballs));
    };
    await Promise.all(Object.values(HOSTS).map(install));
  }, INSTALL_WITHIN_MS);
  afterAll(async () => {
    await Promise.all([...installed.values()].map((host) => host.remove()));
    await Promise.all(databases.map((database) => database.drop()));
    await tarballs?.remove();
  });
  const emptyDatabase = async () => {
    const database = await createTestDatabase([]);
    databases.push(database);
    return { DATABASE_URL: database.url };
  };

  describe.each(Object.entries(HOSTS))('%s', (_description, name) => {
    it('are compiled strictly, the types of packages checked too', async () => {
      await installed.get(name)!.run('npm', ['run', 'build']);
    });

    it('migrate, create a link, and call its method when a webhook tells of the end', async () => {
      const said = await installed.get(name)!.run('node', ['dist/main.js'], await emptyDatabase());
      expect(JSON.parse(said)).toEqual(STORY);
    });
  });

  it('the oldest versions that the peers name: run as in the newest', async () => {
    const oldest = await installOldest('host-nest-11-commonjs', tarballs);
    installed.set('oldest', oldest);
    const built = join(installed.get('host-nest-11-commonjs')!.folder, 'dist');
    await cp(built, join(oldest.folder, 'dist'), { recursive: true });
    const said = await oldest.run('node', ['dist/main'], await emptyDatabase());
    expect(JSON.parse(said)).toEqual(STORY);
  }, 120_000);

  it('a Nest 11 application are imported by a spec in its default Jest, the testing kit and sandbox too', async () => {
    const host = installed.get('host-nest-11-commonjs')!;
    await host.run('npm', ['test', '--', '--ci'], await emptyDatabase());
  });
});
