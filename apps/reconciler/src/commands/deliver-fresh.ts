import type { INestApplicationContext } from '@nestjs/common';
import { ExitCode } from 'app-runtime';
import { DeliveryService, describe } from '../delivery/delivery.service.js';
import { INCOMPLETE } from './exit-code.js';

/**
 * Delivers what a command has stored, and names on standard error what was not delivered.
 * @returns the exit code
 */
export async function deliverFresh(app: INestApplicationContext, signal: AbortSignal): Promise<number> {
  const tried = await app.get(DeliveryService).deliverFresh(signal);
  const failed = tried.filter(({ error }) => error !== null);
  for (const one of failed)
    console.error(`not delivered: ${describe(one)} (${one.error}); deliver tries again`);
  return failed.length === 0 ? ExitCode.DONE : INCOMPLETE;
}
