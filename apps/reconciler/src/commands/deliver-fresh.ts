import type { INestApplicationContext } from '@nestjs/common';
import { DeliveryService, describe } from '../delivery/delivery.service.js';

/**
 * Delivers what a command has stored, and names what was not delivered.
 * @returns whether everything was delivered
 */
export async function deliverFresh(
  app: INestApplicationContext,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<boolean> {
  const tried = await app.get(DeliveryService).deliverFresh(signal);
  const failed = tried.filter(({ error }) => error !== null);
  for (const one of failed) say(`not delivered: ${describe(one)} (${one.error}); deliver tries again`);
  return failed.length === 0;
}
