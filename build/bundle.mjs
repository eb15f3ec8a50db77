// Part of `npm run build`: joins the modules of the library's dist/ into a few files in esm/, in which lines and
// the names of classes and functions stay. Fewer files make a smaller package and a faster start. See docs/adr/0018-bundle-the-library.md.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minify } from '@swc/core';
import { rollup } from 'rollup';
import ts from 'typescript';

const LIBRARY = fileURLToPath(new URL('../libs/payout-links', import.meta.url));
/**
 * Characters of the modules in one part, of which somewhat more than half are left. Its CommonJS twin lies next to it in
 * the package, within the window of gzip (32 kB), so that the twin costs next to nothing.
 */
const PART = 42_000;

/** The compiler's decorator helpers (importHelpers): the library has no dependencies. */
const TSLIB = fileURLToPath(import.meta.resolve('tslib/tslib.es6.js'));

const input = Object.fromEntries(
  ['index', 'unstable', 'testing/index'].map((name) => [name, join(LIBRARY, 'dist', `${name}.js`)]),
);
let parts;

const build = await rollup({
  input,
  external: (id) => /^[^./]/.test(id) && id !== 'tslib',
  plugins: [{ name: 'tslib', resolveId: (id) => (id === 'tslib' ? TSLIB : null) }],
  onwarn: (warning) => {
    throw new Error(warning.message);
  },
});
await rm(join(LIBRARY, 'esm'), { recursive: true, force: true });
await build.write({
  dir: join(LIBRARY, 'esm'),
  chunkFileNames: '[name].js',
  hoistTransitiveImports: false,
  minifyInternalExports: false,
  manualChunks: (id, { getModuleInfo }) => (parts ??= divide(getModuleInfo)).get(id),
  plugins: [{ name: 'compact', renderChunk: compact }],
});

/** Every module after those it imports, cut into parts: no part imports a later one. */
function divide(getModuleInfo) {
  const ordered = new Map();
  let part = 1;
  let size = 0;
  const visit = (id) => {
    const { importedIds, isExternal, isEntry, code } = getModuleInfo(id);
    if (isExternal || ordered.has(id)) return;
    ordered.set(id, undefined);
    importedIds.forEach(visit);
    if (isEntry) return;
    // Of tslib only three helpers are left.
    const characters = id === TSLIB ? 1_000 : code.length;
    if (size > 0 && size + characters > PART) {
      part += 1;
      size = 0;
    }
    size += characters;
    ordered.set(id, `part-${part}`);
  };
  Object.values(input).forEach(visit);
  return ordered;
}

async function compact(code) {
  const compacted = await minify(code, {
    compress: false,
    mangle: { keep_classnames: true, keep_fnames: true },
    module: true,
  });
  return inLines(compacted.code);
}

/** A line per statement, so that stack traces can be read, and no indentation in SQL, the only text over several lines. */
function inLines(text) {
  const source = ts.createSourceFile('', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  let result = '';
  let end = 0;
  for (const [from, to] of tokensOf(source)) {
    const token = text.slice(from, to);
    result += text.slice(end, from) + (token.startsWith('`') ? token.replaceAll(/\n +/g, '\n') : token);
    if (token === ';') result += '\n';
    end = to;
  }
  return result;
}

/** Positions of the tokens; a template is one. */
function* tokensOf(source) {
  const stack = [source];
  while (stack.length > 0) {
    const node = stack.pop();
    const children = ts.isTemplateExpression(node) ? [] : node.getChildren(source);
    if (children.length > 0) stack.push(...children.toReversed());
    else yield [node.getStart(source), node.end];
  }
}
