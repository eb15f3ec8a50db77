// Part of `npm run lint`: one word per thing. Reports words of `WORDS` in comments, strings and identifiers of the code,
// and in the text of the documentation, each with what to say instead.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** Words not to use, and what to use instead. */
const WORDS = [
  [/\banswer(s|ed|ing)?\b/i, 'response, respond'],
  [/\b(told|tells?|telling)\b/i, 'report, notify, say'],
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\b[Nn]obody\b/, 'no one, or name who'],
  [/\b(some|every)body\b/i, 'name who'],
  [/\bwho(so)?ever\b/i, 'name who'],
  [/\banew\b/i, 'again'],
  [/\bfoots?\b|\bfooting\b|\bdo(es)? not foot\b/i, 'balance'],
  [/\bhangs? on\b/i, 'depends on'],
  [/\bdoors?\b/i, 'entry point'],
  [/\bmouths?\b/i, 'input'],
  [/\bgates?\b/i, 'guard, filter, middleware'],
  [/\blook(s|ed|ing)? (again|at|after|into)\b/i, 'poll, read, review'],
  [/\bnights?\b/i, 'run, slot'],
  [/\bbooks\b/i, 'database, reports, slot'],
  [/\bfindings?\b/i, 'discrepancy'],
  [/\bpac(e|ed|es|ing)\b/i, 'rate, rate limiter'],
  [/\bstretch(es)?\b/i, 'range'],
  [/\bworthless\b/i, 'cancelled'],
  [/\bset aside\b/i, 'dead letter'],
  [/\bwork(s|ed)? off\b/i, 'process'],
  [/\bputs? back\b/i, 'retry, queue again'],
  [/\bin vain\b/i, 'without success'],
  [/\bagain and again\b/i, 'repeatedly'],
  [/\bmust not mind\b/i, 'must be idempotent'],
  [/\b(goes|go|going|went) on\b/i, 'continue'],
  [/\b(takes?|taken|took) up\b/i, 'resume, lease'],
  [/\bleft-overs\b/i, 'leftovers'],
  [/\bat least once more\b/i, 'again'],
];

/** Where accounting's own words are meant: the results of a match are findings about our books, and are delivered. */
const STATEMENTS = /statement|match|deliver/;
const OF_STATEMENTS = [/\bbooks\b/i, /\bfindings?\b/i].map(String);

/** The name of a system user. */
const SYSTEM_USER = 'libs/app-runtime/src/database/place.ts';

/** Generated files, and files with historical names. */
const NOT_OURS =
  /^(test\/fixtures\/|.*\/migrations\/1|package-lock\.json|LICENSE|build\/check-words\.mjs)|\/LICENSE$|\.(png|xlsx|csv)$/;

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && !NOT_OURS.test(file));
const problems = files.flatMap((file) => [...problemsOf(file, 1, inWords(file)), ...problemsIn(file)]);
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`${problems.length} words to replace; the list is in build/check-words.mjs.`);
  process.exitCode = 1;
}

function problemsIn(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  if (/\.(ts|mjs|js)$/.test(file))
    return [...pieces(file, text)].flatMap(([line, piece]) => problemsOf(file, line, piece));
  return text.split('\n').flatMap((line, index) => problemsOf(file, index + 1, line));
}

function problemsOf(file, line, text) {
  const others = file === SYSTEM_USER ? text.replace('nobody', '') : text;
  const isOfStatements = STATEMENTS.test(file);
  return WORDS.filter(
    ([word]) => word.test(others) && !(isOfStatements && OF_STATEMENTS.includes(String(word))),
  ).map(([word, instead]) => `${file}:${line}: “${word.exec(text)[0]}”: ${instead}`);
}

/** Comments, strings, regular expressions and identifiers, each with its line. */
function* pieces(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineAt = (position) => source.getLineAndCharacterOfPosition(position).line + 1;
  const comments = new Set();
  const queue = [source];
  for (const node of queue) {
    queue.push(...node.getChildren(source));
    for (const comment of [
      ...(ts.getLeadingCommentRanges(text, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.end) ?? []),
    ]) {
      if (comments.has(comment.pos)) continue;
      comments.add(comment.pos);
      const lines = text.slice(comment.pos, comment.end).split('\n');
      for (const [index, line] of lines.entries()) yield [lineAt(comment.pos) + index, line];
    }
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) yield [lineAt(node.pos), inWords(node.text)];
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node) ||
      ts.isRegularExpressionLiteral(node)
    ) {
      // Without constants: stored values such as NOBODY are names.
      const lines = node.text.replaceAll(/\b[A-Z]+(_[A-Z]+)+\b/g, '').split('\n');
      for (const [index, line] of lines.entries())
        yield [lineAt(node.getStart(source)) + index, inWords(line)];
    }
  }
}

/** `tooManyWords` and `too-many_words` as words. */
function inWords(name) {
  return name
    .replace(/[_.\-/]/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
}
