import { ATTEMPT_MS } from './message.js';

/** Aborts after the longest time of an attempt, or when the process is stopping; the reason says which. */
export function timeLimit(stopping: AbortSignal): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error('interrupted: the program is stopping'));
  const timer = setTimeout(
    () => controller.abort(new Error(`no response within ${ATTEMPT_MS / 1_000} s`)),
    ATTEMPT_MS,
  );
  if (stopping.aborted) stop();
  stopping.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', stop);
    },
  };
}
