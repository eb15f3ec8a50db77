import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark } from '../benchmark.js';
import { compare } from '../measure.js';
import { ROOT } from '../stage.js';

const LIBRARY = `${ROOT}libs/payout-links`;

interface Packed {
  size: number;
  files: { path: string }[];
}

interface Manifest {
  dependencies?: Record<string, string>;
  peerDependencies: Record<string, string>;
}

/** Nothing here varies: one measurement is enough. */
export const packed: Benchmark = {
  name: 'package',
  title: 'the packed library',
  measure: async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: LIBRARY,
    });
    const [{ size, files }] = JSON.parse(stdout) as [Packed];
    const foreign = await foreignPackages(files);
    return [
      compare({ measured: 'packed size', unit: 'kB', by: 'value', target: { atMost: 90 } }, [size / 1_000]),
      compare(
        { measured: 'packages needed beyond its peers', unit: '', by: 'value', target: { atMost: 0 } },
        [foreign.size],
      ),
    ];
  },
};

/** Packages that the packed files import, or the manifest installs, other than peers. */
async function foreignPackages(files: Packed['files']): Promise<Set<string>> {
  const manifest = JSON.parse(await readFile(join(LIBRARY, 'package.json'), 'utf8')) as Manifest;
  const found = new Set(Object.keys(manifest.dependencies ?? {}));
  for (const { path } of files.filter((file) => file.path.endsWith('.js'))) {
    const source = await readFile(join(LIBRARY, path), 'utf8');
    for (const [, imported] of source.matchAll(/(?:from|import|require) ?\(?['"]([^'".\n][^'"\n]*)['"]/g)) {
      const name = imported!.split('/', imported!.startsWith('@') ? 2 : 1).join('/');
      if (!name.startsWith('node:') && !(name in manifest.peerDependencies)) found.add(name);
    }
  }
  return found;
}
