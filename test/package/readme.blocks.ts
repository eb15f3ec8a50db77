import { readFile } from 'node:fs/promises';

/** A piece of code in a README. */
export interface Block {
  language: string;
  code: string;
  /** The file named in its first line. */
  file: string | undefined;
}

/** Every code block of a Markdown file, in order. */
export async function blocksOf(readme: URL): Promise<Block[]> {
  const text = await readFile(readme, 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, code]) => ({
    language: language!,
    code: code!,
    file: /^\/\/ (\S+)\n/.exec(code!)?.[1],
  }));
}
