import { readFile, rename, writeFile } from 'node:fs/promises';
import { isSandboxState, type SandboxState } from './sandbox.state.js';
import { SandboxStateError } from './sandbox-state.error.js';

/** The content of the file; undefined when there is none. @throws SandboxStateError `SANDBOX_STATE_UNREADABLE` */
export async function readState(file: string): Promise<SandboxState | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, error);
  }
  const state = parse(file, text);
  if (!isSandboxState(state)) throw unreadable(file);
  return state;
}

/** Writes the whole state atomically: readers see either the old or the new one. */
export async function writeState(file: string, state: SandboxState): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, JSON.stringify(state));
  await rename(temporary, file);
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause?: unknown): SandboxStateError {
  const message =
    `The sandbox's state file ${file} cannot be read. ` +
    'Move it away or delete it to start with an empty sandbox, or restore a complete copy.';
  return new SandboxStateError('SANDBOX_STATE_UNREADABLE', message, undefined, { cause });
}
