// Writes cjs/ of each library from its ES modules: the same statements as CommonJS, for hosts whose Jest cannot load ES
// modules. Why not with the compiler: docs/adr/0010-one-package-for-esm-and-commonjs.md.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import ts from 'typescript';

const LIBRARIES = fileURLToPath(new URL('../libs', import.meta.url));

await build(join(LIBRARIES, 'payout-links'), 'esm');
await build(join(LIBRARIES, 'payout-links-sandbox'), 'dist');

async function build(library, modules) {
  const { exports } = JSON.parse(await readFile(join(library, 'package.json'), 'utf8'));
  const entries = Object.values(exports).flatMap((entry) => (entry.require ? [entry.require.default] : []));
  const [from, to] = [join(library, modules), join(library, 'cjs')];
  await rm(to, { recursive: true, force: true });
  await mkdir(to);
  await writeFile(join(to, 'package.json'), '{ "type": "commonjs" }\n');
  const entryPoints = entries.map((entry) => join(library, entry.replace('/cjs/', `/${modules}/`)));
  await translate(from, to, entryPoints);
  for (const entryPoint of entryPoints) {
    const place = join(to, relative(from, dirname(entryPoint)));
    const types = join(library, 'dist', relative(from, entryPoint));
    await writeFile(join(place, 'index.d.ts'), `export * from '${relative(place, types)}';\n`);
  }
}

/** Translates the entry points and every file of the library that they import. */
async function translate(from, to, entries) {
  const known = new Set(entries);
  for (const file of known) {
    const text = await readFile(file, 'utf8');
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (fileName.startsWith('.')) known.add(join(dirname(file), fileName));
    }
    const target = join(to, relative(from, file));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, commonJs(text.replace(/^\/\/# sourceMappingURL=.*$/m, ''), target));
  }
}

/**
 * Translates one module to CommonJS, statement by statement. Imports are read once, at their position: the linter forbids
 * circular imports. Throws at forms that it does not support.
 */
function commonJs(text, file) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const exported = [];
  const parts = source.statements.map((statement) => {
    const lead = text.slice(statement.getFullStart(), statement.getStart(source));
    return lead + statementOf(statement, source, exported);
  });
  const names = exported.map(([name, local]) => `exports.${name} = ${local};\n`);
  const result = [
    `'use strict';\nObject.defineProperty(exports, '__esModule', { value: true });\n`,
    ...parts,
    '\n',
    ...names,
  ].join('');
  // Fails for top-level await and import.meta, which CommonJS does not have.
  void new Script(`(function () {${result}\n})`, { filename: file });
  return result;
}

function statementOf(statement, source, exported) {
  if (ts.isImportDeclaration(statement)) return importOf(statement);
  if (ts.isExportDeclaration(statement)) {
    const from = statement.moduleSpecifier?.text;
    const names = statement.exportClause?.elements.map(({ name, propertyName }) => [
      name.text,
      (propertyName ?? name).text,
    ]);
    if (names === undefined) throw new Error(`${source.fileName}: export names one by one`);
    if (from !== undefined)
      return names.map(([name, local]) => `exports.${name} = require('${from}').${local};`).join('\n');
    exported.push(...names);
    return '';
  }
  if (ts.isExportAssignment(statement)) throw new Error(`${source.fileName}: no default exports`);
  const keyword = ts.canHaveModifiers(statement)
    ? ts.getModifiers(statement)?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    : undefined;
  if (keyword === undefined) return statement.getText(source);
  exported.push(...namesOf(statement).map((name) => [name, name]));
  return source.text.slice(keyword.end + 1, statement.end);
}

function importOf({ importClause, moduleSpecifier: { text: from } }) {
  const { name, namedBindings } = importClause ?? {};
  const given = `require('${from}');`;
  if (importClause === undefined) return given;
  if (name !== undefined) {
    if (namedBindings !== undefined || !from.startsWith('node:'))
      throw new Error(`import ${name.text} from '${from}': import by name`);
    return `const ${name.text} = ${given}`;
  }
  if (ts.isNamespaceImport(namedBindings)) return `const ${namedBindings.name.text} = ${given}`;
  const names = namedBindings.elements.map(({ name: local, propertyName }) =>
    propertyName ? `${propertyName.text}: ${local.text}` : local.text,
  );
  return `const { ${names.join(', ')} } = ${given}`;
}

function namesOf(statement) {
  if (!ts.isVariableStatement(statement)) return [statement.name.text];
  const ofBinding = ({ name }) => (ts.isIdentifier(name) ? [name.text] : name.elements.flatMap(ofBinding));
  return statement.declarationList.declarations.flatMap(ofBinding);
}
