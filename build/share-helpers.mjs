// Lets every file of the packed library share one copy of the compiler's decorator helpers: the compiler imports them
// from tslib (importHelpers), which the library does not depend on, so dist/helpers.js stands in for it. Saves 3 kB of
// the package; see docs/adr/0010-one-package-for-esm-and-commonjs.md.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../libs/payout-links/dist', import.meta.url));
const HELPERS = join(DIST, 'helpers.js');
const FROM_TSLIB = /^import \{ ([\w, ]+) \} from "tslib";$/m;

const HELPER_NAMES = ['__decorate', '__metadata', '__param'];
const tslib = await readFile(fileURLToPath(import.meta.resolve('tslib/tslib.es6.js')), 'utf8');

for (const name of await readdir(DIST, { recursive: true })) {
  if (!name.endsWith('.js')) continue;
  const file = join(DIST, name);
  const text = await readFile(file, 'utf8');
  const [statement, names] = FROM_TSLIB.exec(text) ?? [];
  if (statement === undefined) continue;
  const unknown = names.split(', ').filter((helper) => !HELPER_NAMES.includes(helper));
  if (unknown.length > 0) throw new Error(`${name} needs ${unknown.join(', ')}: add it here`);
  const from = relative(dirname(file), HELPERS);
  const specifier = from.startsWith('.') ? from : `./${from}`;
  await writeFile(file, text.replace(statement, `import { ${names} } from '${specifier}';`));
}
const definitions = HELPER_NAMES.map((name) => {
  const [definition] = new RegExp(`^export function ${name}\\([^]*?^}\\r?\\n`, 'm').exec(tslib);
  return definition.replaceAll('\r', '');
});
await writeFile(HELPERS, definitions.join(''));
