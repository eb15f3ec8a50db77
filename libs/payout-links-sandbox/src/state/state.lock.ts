import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { makeFolder } from './make-folder.js';
import { SandboxStateError } from './sandbox-state.error.js';

const STALE_MS = 5_000;
const TRY_AGAIN_MS = 200;
const GIVE_UP_AFTER_MS = 8_000;

interface Holder {
  pid: number;
  url?: string;
}

const heldHere = new Set<string>();

/** The lock of a state file, held by one sandbox at a time. */
export interface StateLock {
  /** Publishes the holder's address. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the lock of a state file; waits briefly for a lock that a killed process left to become stale.
 * @throws SandboxStateError `SANDBOX_STATE_LOCKED` when another sandbox serves the file
 */
export async function takeStateLock(data: string, onLost: (reason: Error) => void): Promise<StateLock> {
  const file = resolve(data);
  const holderFile = `${file}.holder`;
  await makeFolder(dirname(file));
  const unlock = await acquire(file, holderFile, onLost);
  heldHere.add(file);
  await writeFile(holderFile, JSON.stringify({ pid: process.pid }));
  return {
    announce: (url) => writeFile(holderFile, JSON.stringify({ pid: process.pid, url })),
    release: async () => {
      heldHere.delete(file);
      await rm(holderFile, { force: true });
      // A lost lock cannot be released.
      await unlock().catch(() => undefined);
    },
  };
}

async function acquire(
  file: string,
  holderFile: string,
  onLost: (reason: Error) => void,
): Promise<() => Promise<void>> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    try {
      return await lock(file, { realpath: false, stale: STALE_MS, onCompromised: onLost });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ELOCKED') throw error;
    }
    const holder = await readHolder(holderFile);
    // A starting holder has no address yet; wait for it, since the caller may want to use it.
    if (performance.now() > giveUpAt || (holder?.url !== undefined && isAlive(holder.pid, file))) {
      throw new SandboxStateError(
        'SANDBOX_STATE_LOCKED',
        `The state file ${file} is in use by ${holder?.url ? `the sandbox at ${holder.url}` : 'another sandbox'}.`,
        holder?.url,
      );
    }
    await wait(TRY_AGAIN_MS);
  }
}

async function readHolder(holderFile: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(holderFile, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** A process with our own pid that does not hold the file is a dead one whose pid was reused for us. */
function isAlive(pid: number, file: string): boolean {
  if (pid === process.pid) return heldHere.has(file);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
