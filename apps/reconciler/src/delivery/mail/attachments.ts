import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST, REPORT_FILES, STATEMENT_SET_FILES } from 'app-runtime';
import type { DeliveryContent } from '../content.js';

/** Of all attachments together, before encoding. */
const MOST_BYTES = 10_000_000;

interface Attachments {
  attached: { filename: string; content: Buffer }[];
  /** Names of files that did not fit. */
  tooLarge: string[];
  /** Names of files of the set that are no longer there. */
  missing: string[];
}

/** The named files that the kind of set has, in this order, as long as they fit. */
export async function attachmentsOf(
  content: DeliveryContent,
  names: readonly string[],
): Promise<Attachments> {
  const folder = folderOf(content);
  const attachments: Attachments = { attached: [], tooLarge: [], missing: [] };
  if (folder === null) return attachments;
  const ofSet = [
    ...(content.type === 'slot' ? REPORT_FILES : STATEMENT_SET_FILES),
    MANIFEST,
  ] as readonly string[];
  let bytesLeft = MOST_BYTES;
  for (const filename of names.filter((name) => ofSet.includes(name))) {
    const file = await readUpTo(join(folder, filename), bytesLeft);
    if (file === 'missing') attachments.missing.push(filename);
    else if (file === 'too large') attachments.tooLarge.push(filename);
    else {
      bytesLeft -= file.length;
      attachments.attached.push({ filename, content: file });
    }
  }
  return attachments;
}

function folderOf(content: DeliveryContent): string | null {
  switch (content.type) {
    case 'slot':
      return content.result.reportSet;
    case 'statement':
      return content.outcome.reportSet;
    case 'failed':
      return null;
  }
}

async function readUpTo(path: string, bytes: number): Promise<Buffer | 'missing' | 'too large'> {
  try {
    const { size } = await stat(path);
    return size > bytes ? 'too large' : await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
    throw error;
  }
}
