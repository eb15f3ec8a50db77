// Part of `npm run build`: removes what the packed library's JavaScript does not need, a thirtieth of the package. Names
// and lines stay, so that stack traces can be read. See docs/adr/0010-one-package-for-esm-and-commonjs.md.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minify } from '@swc/core';
import ts from 'typescript';

const DIST = fileURLToPath(new URL('../libs/payout-links/dist', import.meta.url));

for (const name of await readdir(DIST, { recursive: true })) {
  if (!name.endsWith('.js')) continue;
  const file = join(DIST, name);
  const { code } = await minify(await readFile(file, 'utf8'), {
    compress: false,
    mangle: false,
    module: true,
  });
  await writeFile(file, inLines(code));
}

/** A line per statement, and no indentation in SQL, the only text over several lines. */
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
