import { ExitCode } from 'app-runtime';
import type { SlotResult } from '../slot/slot-result.js';

/** Written, but some links had no usable response. */
export const INCOMPLETE = 3;
/** Totals do not balance. */
export const NOT_BALANCED = 4;

/** The exit code of one slot's result. */
export function exitCodeOfSlot({ footed, incomplete }: SlotResult): number {
  if (!footed) return NOT_BALANCED;
  return incomplete ? INCOMPLETE : ExitCode.DONE;
}

/** The worst code of several parts: could not run, bad usage, then does not balance, then incomplete. */
export function worstOf(codes: readonly number[]): number {
  const worstFirst = [ExitCode.COULD_NOT_RUN, ExitCode.BAD_USAGE, NOT_BALANCED, INCOMPLETE];
  return worstFirst.find((code) => codes.includes(code)) ?? ExitCode.DONE;
}
