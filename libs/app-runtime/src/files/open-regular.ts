import { constants, type ReadStream, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** An open file and its state when it was opened. */
export interface OpenFile {
  handle: FileHandle;
  stats: Stats;
}

/**
 * Opens a regular file for reading; a pipe or device, which might never end, is refused. The caller closes it.
 * @throws the operating system's error
 */
export async function openRegular(path: string): Promise<OpenFile> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = await handle.stat();
  if (stats.isFile()) return { handle, stats };
  await handle.close();
  throw new Error('it is not a file');
}

/** Reads a regular file piece by piece. @throws as `openRegular` */
export async function streamRegular(path: string): Promise<ReadStream> {
  return (await openRegular(path)).handle.createReadStream();
}

/**
 * The bytes of a regular file.
 * @throws the operating system's error; an error when it is larger than `maxBytes`
 */
export async function readRegular(path: string, maxBytes: number): Promise<Buffer> {
  const { handle, stats } = await openRegular(path);
  try {
    if (stats.size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
