import { resolve } from 'node:path';
import { ExitCode, type Program } from 'app-runtime';
import { InvalidPayoutLinkError, PayoutLinksService } from 'nestjs-payout-links';
import { DataSource } from 'typeorm';
import { readConfig } from '../config.js';
import { openReconciler } from '../open-reconciler.js';
import { filesNaming } from '../privacy/files-naming.js';
import { redactDecisions } from '../privacy/redact-decisions.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';

/** A file that is written again with its slot. */
const OF_SLOT = /\/(\d{4}-\d{2}-\d{2})\/(?:failures|open-links)\.csv$/;

/** `forget`: redacts a person in the database, and names the files that still have the address. */
export async function forgetCommand(program: Program, email: string): Promise<number> {
  const app = await openReconciler(program, readConfig(), (message) => console.error(message), {
    recovery: false,
  });
  const links = await forgetAddress(app.get(PayoutLinksService), email);
  if (links === null) return ExitCode.BAD_USAGE;
  const notes = await redactDecisions(app.get(DataSource));
  console.log(
    `redacted: ${links} payout links with their histories and webhooks, ${notes} notes of decisions`,
  );
  const files = await filesNaming(resolve(app.get<ReconcilerOptions>(RECONCILER_OPTIONS).reportsDir), email);
  for (const file of files) console.log(`still has the address: ${file}`);
  const dates = new Set(files.flatMap((file) => OF_SLOT.exec(file)?.[1] ?? []));
  for (const date of dates) console.log(`print it again without it: reconcile report --date ${date}`);
  if (files.some((file) => !OF_SLOT.test(file)))
    console.log(
      'other files: match the period of a statement again, delete the rest; copies elsewhere are yours to find',
    );
  return 0;
}

/** How many links were redacted; null when it was refused. */
async function forgetAddress(links: PayoutLinksService, email: string): Promise<number | null> {
  try {
    return (await links.forget(email)).links;
  } catch (error) {
    if (!(error instanceof InvalidPayoutLinkError)) throw error;
    console.error(error.message);
    return null;
  }
}
