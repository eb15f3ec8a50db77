import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { packLibraries, type Tarballs } from './installed-host.js';

const MOST_BYTES = 90_000;

interface Files {
  types: string;
  default: string;
}

interface Manifest {
  dependencies?: Record<string, string>;
  exports: Record<string, string | { import: Files; 'module-sync': Files; require?: Files }>;
}

describe('the packed', () => {
  let tarballs: Tarballs;
  beforeAll(async () => {
    tarballs = await packLibraries();
    const unpack = async (name: 'library' | 'sandbox') => {
      await mkdir(join(tarballs.folder, name));
      await promisify(execFile)('tar', ['xzf', tarballs[name], '-C', join(tarballs.folder, name)]);
    };
    await Promise.all([unpack('library'), unpack('sandbox')]);
  });
  afterAll(() => tarballs?.remove());
  const folder = (name: string) => join(tarballs.folder, name, 'package');
  const manifestOf = async (name: string) =>
    JSON.parse(await readFile(join(folder(name), 'package.json'), 'utf8')) as Manifest;
  const filesOf = async (name: string) =>
    (await readdir(folder(name), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder(name), join(entry.parentPath, entry.name)));

  it(`library is no more than ${MOST_BYTES / 1_000} kB`, async () => {
    expect((await stat(tarballs.library)).size).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('library brings no package but its peers', async () => {
    expect((await manifestOf('library')).dependencies).toBeUndefined();
  });

  describe.each(['library', 'sandbox'] as const)('%s', (name) => {
    it('is found faultless by publint', async () => {
      const { messages } = await publint({ pkgDir: folder(name), pack: false, strict: true });
      expect(messages).toEqual([]);
    });

    it('has types that attw finds right', async () => {
      await promisify(execFile)('npx', ['attw', tarballs[name], '--profile', 'esm-only']);
    });

    it('has a licence, a README, and nothing of the build or the specs', async () => {
      const files = await filesOf(name);
      expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md']));
      expect(
        files.filter((file) => /\.(tsbuildinfo|map|spec\..*|ts)$/.test(file.replace(/\.d\.ts$/, ''))),
      ).toEqual([]);
    });

    it('has the types of everything that its entry points export', async () => {
      const { exports } = await manifestOf(name);
      const entryPoints = Object.values(exports).flatMap((entryPoint) =>
        typeof entryPoint === 'string'
          ? []
          : [entryPoint.import.types, ...(entryPoint.require ? [entryPoint.require.types] : [])],
      );
      const reached = new Set(entryPoints.map((entryPoint) => join(entryPoint)));
      for (const file of reached) {
        const text = await readFile(join(folder(name), file), 'utf8');
        for (const [, named] of text.matchAll(/(?:from|import\() ?["'](\.[^"']+)\.js["']/g))
          reached.add(join(dirname(file), `${named}.d.ts`));
      }
      expect(await filesOf(name)).toEqual(expect.arrayContaining([...reached]));
    });

    it('exports the same names to both kinds of module', async () => {
      const { exports } = await manifestOf(name);
      for (const entryPoint of Object.values(exports)) {
        // nestjs-payout-links/unstable is for ES modules only.
        if (typeof entryPoint === 'string' || !entryPoint.require) continue;
        // In the repository: a packed file cannot find its peers.
        const library = join('libs', name === 'library' ? 'payout-links' : 'payout-links-sandbox');
        const names = async (how: string, file: string) => {
          const script = `const all = ${how}(${JSON.stringify(file)}); Promise.resolve(all).then((m) => console.log(JSON.stringify(Object.keys(m).sort())))`;
          const { stdout } = await promisify(execFile)(process.execPath, [
            '--input-type=commonjs',
            '-e',
            script,
          ]);
          return JSON.parse(stdout) as string[];
        };
        const path = (file: string) => createRequire(import.meta.url).resolve(`../../${library}/${file}`);
        expect(await names('require', path(entryPoint.require.default))).toEqual(
          await names('import', path(entryPoint.import.default)),
        );
      }
    });
  });
});
