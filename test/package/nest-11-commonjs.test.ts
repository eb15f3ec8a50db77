import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { FULL } from '../proofs/size.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  installHost,
  installOldest,
  packLibraries,
  type InstalledHost,
  type Tarballs,
} from './installed-host.js';
import { describeWithRegistry } from './registry.js';
import { STORY } from './story.js';

// Compilers and test runners, on a machine that does other things too.
jest.setTimeout(240_000);

describeWithRegistry(
  'the packed libraries in a fresh Nest 11 application of CommonJS, with TypeORM 0.3',
  () => {
    let tarballs: Tarballs;
    let host: InstalledHost;
    const databases: TestDatabase[] = [];
    beforeAll(async () => {
      tarballs = await packLibraries();
      host = await installHost('host-nest-11-commonjs', tarballs);
    });
    afterAll(async () => {
      await host?.remove();
      await Promise.all(databases.map((database) => database.drop()));
      await tarballs?.remove();
    });
    const emptyDatabase = async () => {
      const database = await createTestDatabase([]);
      databases.push(database);
      return { DATABASE_URL: database.url };
    };

    it('are compiled strictly, the types of packages checked too', async () => {
      await host.run('npm', ['run', 'build']);
    });

    it('migrate, create a link, and call its method when a webhook reports the end', async () => {
      const said = await host.run('node', ['dist/main'], await emptyDatabase());
      expect(JSON.parse(said)).toEqual(STORY);
    });

    it('are imported by a spec in its default Jest, the testing kit and the sandbox too', async () => {
      await host.run('npm', ['test', '--', '--ci'], await emptyDatabase());
    });

    if (FULL) {
      it('do the same with the oldest versions that the peers name', async () => {
        const oldest = await installOldest('host-nest-11-commonjs', tarballs);
        await cp(join(host.folder, 'dist'), join(oldest.folder, 'dist'), { recursive: true });
        const said = await oldest.run('node', ['dist/main'], await emptyDatabase());
        await oldest.remove();
        expect(JSON.parse(said)).toEqual(STORY);
      });
    }
  },
);
