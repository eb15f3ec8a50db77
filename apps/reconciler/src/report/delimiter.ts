import { openRegular } from 'app-runtime';

/** The delimiter of one of our CSV files, from its header, which has no quoted cell. */
export async function delimiterOf(file: string): Promise<string> {
  const { handle } = await openRegular(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4_096), 0, 4_096, 0);
    const [header] = buffer.toString('utf8', 0, bytesRead).split('\r\n');
    return header!.includes(';') ? ';' : ',';
  } finally {
    await handle.close();
  }
}
