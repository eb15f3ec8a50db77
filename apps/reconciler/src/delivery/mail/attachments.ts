import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveryContent } from '../content.js';

/** Of all attachments together, before encoding. */
const MOST_BYTES = 10_000_000;

interface Attachments {
  attached: { filename: string; content: Buffer }[];
  /** Names of files that are not there or did not fit. */
  left: string[];
}

/** The named files of a set, in this order, as long as they fit. */
export async function attachmentsOf(
  content: DeliveryContent,
  names: readonly string[],
): Promise<Attachments> {
  const folder = folderOf(content);
  const attachments: Attachments = { attached: [], left: [] };
  if (folder === null) return attachments;
  let bytesLeft = MOST_BYTES;
  for (const filename of names) {
    const file = await readUpTo(join(folder, filename), bytesLeft);
    if (file === 'missing') continue;
    if (file === 'too large') {
      attachments.left.push(filename);
      continue;
    }
    bytesLeft -= file.length;
    attachments.attached.push({ filename, content: file });
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

/** A file that is no part of this kind of set is missing. */
async function readUpTo(path: string, bytes: number): Promise<Buffer | 'missing' | 'too large'> {
  try {
    const { size } = await stat(path);
    return size > bytes ? 'too large' : await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
    throw error;
  }
}
