import { AuthenticationError, PermissionError } from '../payout-links.errors.js';
import type { PayoutLink } from './payout-link.entity.js';

/** The result of one input of `createMany`, by its place in the iterable, from 0. */
export type CreateManyResult = { index: number; link: PayoutLink } | { index: number; error: unknown };

type Step =
  | { kind: 'result'; result: CreateManyResult }
  | { kind: 'input'; read: IteratorResult<unknown> }
  | { kind: 'thrown'; error: unknown };

/**
 * Creates links, some at a time, and yields each result as it finishes. An input is taken only when one of
 * `concurrency` is free.
 * @throws what the iterable throws, after the results in progress
 */
export async function* createMany(
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
  create: (input: unknown) => Promise<PayoutLink>,
  concurrency: number,
): AsyncGenerator<CreateManyResult, void, void> {
  const iterator =
    Symbol.asyncIterator in inputs ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]();
  const inProgress = new Map<number, Promise<Step>>();
  let reading: Promise<Step> | undefined;
  let thrown: { error: unknown } | undefined;
  let taking = true;
  let nextIndex = 0;
  try {
    for (;;) {
      if (taking && !reading && inProgress.size < concurrency) reading = readFrom(iterator);
      const waiting = [...inProgress.values(), ...(reading ? [reading] : [])];
      if (waiting.length === 0) break;
      const step = await Promise.race(waiting);
      switch (step.kind) {
        case 'input':
          reading = undefined;
          if (step.read.done) taking = false;
          else {
            inProgress.set(nextIndex, createOne(create, nextIndex, step.read.value));
            nextIndex += 1;
          }
          break;
        case 'thrown':
          reading = undefined;
          taking = false;
          thrown = step;
          break;
        case 'result':
          inProgress.delete(step.result.index);
          if (isKeyRefused(step.result) && taking) {
            taking = false;
            reading = undefined;
            close(iterator);
          }
          yield step.result;
      }
    }
  } finally {
    // The caller stopped early: nothing is left in progress behind its back.
    await Promise.all(inProgress.values());
    if (taking) close(iterator);
  }
  if (thrown) throw thrown.error;
}

async function readFrom(iterator: Iterator<unknown> | AsyncIterator<unknown>): Promise<Step> {
  try {
    return { kind: 'input', read: await iterator.next() };
  } catch (error) {
    return { kind: 'thrown', error };
  }
}

async function createOne(
  create: (input: unknown) => Promise<PayoutLink>,
  index: number,
  input: unknown,
): Promise<Step> {
  try {
    return { kind: 'result', result: { index, link: await create(input) } };
  } catch (error) {
    return { kind: 'result', result: { index, error } };
  }
}

/** Not waited for: a generator that waits for its own input would never end. Its errors concern no input. */
function close(iterator: Iterator<unknown> | AsyncIterator<unknown>): void {
  Promise.resolve(iterator.return?.()).catch(() => undefined);
}

/** The provider does not accept the key: it will refuse every other input as well. */
function isKeyRefused(result: CreateManyResult): boolean {
  return (
    'error' in result &&
    (result.error instanceof AuthenticationError || result.error instanceof PermissionError)
  );
}
