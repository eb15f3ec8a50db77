import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { streamRegular } from 'app-runtime';

/** A stream that passes bytes on, and their SHA-256 in lower-case hex once they have all passed. */
export function hashing(): { through: Transform; sha256: () => string } {
  const hash = createHash('sha256');
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { through, sha256: () => hash.digest('hex') };
}

/** The SHA-256 of a regular file, in lower-case hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await streamRegular(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
