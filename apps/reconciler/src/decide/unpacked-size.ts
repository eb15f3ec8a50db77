import { Unzip, UnzipInflate } from 'fflate';

const PIECE = 65_536;

/** Whether a ZIP archive unpacks to more than so many bytes, by unpacking it: what it says of itself may be wrong. */
export function unpacksToMore(archive: Uint8Array, maxBytes: number): boolean {
  let [at, bytes] = [0, 0];
  const unzip = new Unzip((entry) => {
    entry.ondata = (_, chunk) => (bytes += chunk?.length ?? 0);
    entry.start();
  });
  unzip.register(UnzipInflate);
  do {
    unzip.push(archive.subarray(at, at + PIECE), at + PIECE >= archive.length);
    at += PIECE;
    if (bytes > maxBytes) return true;
  } while (at < archive.length);
  return false;
}
