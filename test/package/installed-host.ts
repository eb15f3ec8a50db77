import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Uses npm's cache when possible. */
export const INSTALL_QUICKLY = ['--prefer-offline', '--no-audit', '--no-fund'];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The files that `npm publish` would send. */
export interface Tarballs {
  library: string;
  sandbox: string;
  folder: string;
  remove(): Promise<void>;
}

/** Packs both libraries as built, outside the repository. */
export async function packLibraries(): Promise<Tarballs> {
  const folder = await mkdtemp(join(tmpdir(), 'payout-links-packed-'));
  const packed = await run(
    ROOT,
    'npm',
    ['pack', '--ignore-scripts', '--pack-destination', folder].concat(
      ['-w', 'libs/payout-links'],
      ['-w', 'libs/payout-links-sandbox'],
    ),
  );
  const [library, sandbox] = packed
    .trim()
    .split('\n')
    .map((file) => join(folder, file));
  return {
    library: library!,
    sandbox: sandbox!,
    folder,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** An application outside the repository, with only the tarballs and packages of the registry. */
export interface InstalledHost {
  folder: string;
  /** Runs a command in it and returns its standard output; fails with all of its output. */
  run(command: string, args: readonly string[], env?: Record<string, string>): Promise<string>;
  remove(): Promise<void>;
}

/** Copies an application of `test/package` to a separate folder and installs the tarballs there. */
export async function installHost(name: string, { library, sandbox }: Tarballs): Promise<InstalledHost> {
  const host = await copyHost(name);
  await host.run('npm', ['install', ...INSTALL_QUICKLY, library, sandbox]);
  return host;
}

/** The same with the lowest versions of the library's peers, and without compilers and test runners. */
export async function installOldest(name: string, tarballs: Tarballs): Promise<InstalledHost> {
  const host = await copyHost(name);
  const file = join(host.folder, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { dependencies: Record<string, string> };
  const { peerDependencies } = JSON.parse(
    await readFile(join(ROOT, 'libs/payout-links/package.json'), 'utf8'),
  ) as { peerDependencies: Record<string, string> };
  for (const [peer, range] of Object.entries(peerDependencies))
    manifest.dependencies[peer] = /\d[^ ]*/.exec(range)![0];
  // Nest's packages have the same version.
  manifest.dependencies['@nestjs/platform-express'] = manifest.dependencies['@nestjs/core']!;
  await writeFile(file, JSON.stringify(manifest));
  await host.run('npm', ['install', ...INSTALL_QUICKLY, '--omit=dev', tarballs.library, tarballs.sandbox]);
  return host;
}

/** Copies an application of `test/package` to a separate folder. */
export async function copyHost(name: string): Promise<InstalledHost> {
  const folder = await mkdtemp(join(tmpdir(), `payout-links-${name}-`));
  await cp(join(ROOT, 'test/package', name), folder, { recursive: true });
  return {
    folder,
    run: (command, args, env) => run(folder, command, args, env),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** An environment without variables of the test runner, or of the npm that started it. */
export function plainEnvironment(): Record<string, string | undefined> {
  const { npm_config_local_prefix: _prefix, NODE_OPTIONS: _options, NODE_ENV: _env, ...env } = process.env;
  return env;
}

async function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      { cwd, env: { ...plainEnvironment(), ...env }, maxBuffer: 64_000_000 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error }));
        else resolve(stdout);
      },
    );
  });
}
