#!/usr/bin/env node
import { describeEnvironment, ExitCode, runProgram } from 'app-runtime/command-line';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CreateArguments } from './commands/create.command.js';
import type { DeliverArguments } from './commands/deliver.command.js';
import type { ImportArguments } from './commands/import.command.js';
import type { MatchArguments } from './commands/match.command.js';
import type { RunArguments } from './commands/run.command.js';
import { isBusinessDate } from './slot/business-date.js';

/** Of a size that no timer and no date exceeds. */
const DECIMAL = /^\d{1,4}(\.\d{1,4})?$/;

// Each command is loaded when it is called: help and bad usage need none of them.
const commands = new Command()
  .name('reconcile')
  .description(
    'Reads every open payout link at the provider and writes the report sets that accountants work from.',
  )
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? ExitCode.DONE : ExitCode.BAD_USAGE))
  .addHelpText(
    'after',
    `
reconcile <command> --help shows examples of a command.

Exit codes:
  0  done
  1  could not run: database, queue, disk, or the provider refused the key
  2  bad usage or configuration
  3  written, but some links had no usable response, some rows of a file are not settled, or a report could not be delivered
  4  totals do not balance, match or verify found a difference, or a sealed set of another database is in the way

${describeEnvironment()}`,
  );

commands
  .command('run')
  .description('poll every open link once, then write the report set of each date that is due')
  .option(
    '--date <YYYY-MM-DD>',
    'this date, and missing ones before it; today gives a provisional report',
    date,
  )
  .option(
    '--max-minutes <number>',
    'stop polling after this many minutes; list the links not polled, exit code 3',
    minutes,
  )
  .option('--dry-run', 'show what would be done; poll no link, write nothing')
  .option('--seal', 'seal each slot now, although some of its links had no usable response')
  .option(
    '--supersede',
    'where a sealed set of another database is in the way, keep it as <date>.superseded-<n> and write the new one',
  )
  .option('--timezone-changed', 'accept once that REPORT_TIMEZONE is not that of the last slot')
  .option('--json', 'print one JSON object on standard output')
  .option('--no-progress', 'say nothing on standard error while all goes well')
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      ['run', 'every date that is over and not reported yet'],
      ['run --date 2026-11-28', 'that date, and missing ones before it'],
      ['run --dry-run', 'what a run would do'],
      ['run --json --no-progress', 'for a workflow: one JSON object, and the exit code'],
      ['run --seal', 'the provider is down for long: report without the links that cannot be read'],
    ]),
  )
  .action((options: RunArguments) =>
    runProgram(async (program) => {
      if (options.dryRun) return (await import('./commands/plan.command.js')).planCommand(program, options);
      return (await import('./commands/run.command.js')).runCommand(program, options);
    }),
  );

commands
  .command('plan')
  .description('say which dates are due, how many reads they take, for how long, and in which order')
  .option('--date <YYYY-MM-DD>', 'as for run', date)
  .option('--json', 'print one JSON object on standard output')
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      ['plan', 'which dates are due, how many polls, for how long'],
      ['plan --json', 'the same for a program'],
    ]),
  )
  .action((options: { date?: string; json?: boolean }) =>
    runProgram(async (program) => (await import('./commands/plan.command.js')).planCommand(program, options)),
  );

commands
  .command('report')
  .description('write the report sets of a date again, byte for byte, from what is stored')
  .requiredOption('--date <YYYY-MM-DD>', 'a date that was reconciled', date)
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      [
        'report --date 2026-11-27',
        'writes the set again; ends with 4 if it differs from the one that was written',
      ],
    ]),
  )
  .action((options: { date: string }) =>
    runProgram(async (program) =>
      (await import('./commands/report.command.js')).reportCommand(program, options),
    ),
  );

commands
  .command('verify')
  .description('compare a report set with its manifest: rows, sums and hashes')
  .argument('<dir>', 'the folder of the set')
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      ['verify reports/default/2026-11-27', 'whether anyone has changed a file of it'],
      ['verify reports/default/statements/2026-11-01_2026-11-30', 'the same for a statement set'],
    ]),
  )
  .action((folder: string) =>
    runProgram(async () => (await import('./commands/verify.command.js')).verifyCommand(folder)),
  );

commands
  .command('decide')
  .description(
    'carry out the decisions that a failures.csv or report.xlsx was filled in with: ' +
      'RETRY, RETRY_CONFIRMED (against the advice, with a note), WRITE_OFF, CONTACTED',
  )
  .argument('<file>', 'the file; manifest.json in its folder identifies the slot, else its rows do')
  .option('--dry-run', 'say what would be done; send nothing, write nothing')
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      ['decide failures.csv --dry-run', 'what would be done, and whether the balance is enough'],
      [
        'decide reports/default/2026-11-27/report.xlsx',
        'carries it out; the results are in report-result.csv beside it',
      ],
    ]),
  )
  .action((file: string, options: { dryRun?: boolean }) =>
    runProgram(async (program) =>
      (await import('./commands/decide.command.js')).decideCommand(program, file, options),
    ),
  );

commands
  .command('create')
  .description(
    'pay from a CSV file: columns external_id, amount, email, and any others; the whole file is checked before anything is sent',
  )
  .argument('<file.csv>', 'the file; the same file again continues, and pays no one twice')
  .option('--account <name>', 'the account that pays (default: "default")')
  .option('--dry-run', 'check the file and show what would be sent; send nothing, write nothing')
  .option('--yes', 'send without asking; needed where there is no terminal')
  .option('--repeat', 'pay people again who have a link with the same amount of the last 7 days')
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      ['create refunds.csv --dry-run', 'what is wrong in the file, or what it would send, and the balance'],
      ['create refunds.csv', 'asks, then sends; the results are in refunds-result.csv beside it'],
      ['create refunds.csv --yes', 'for a workflow, or to continue after an interruption'],
    ]),
  )
  .action((file: string, options: CreateArguments) =>
    runProgram(async (program) =>
      (await import('./commands/create.command.js')).createCommand(program, file, options),
    ),
  );

commands
  .command('import')
  .description(
    'take over payout links that were made elsewhere, from a CSV file: column provider_id, and optionally ' +
      'external_id, amount, email, which are compared',
  )
  .argument('<file.csv>', 'the file; the same file again changes nothing')
  .option('--account <name>', 'the account that they belong to (default: "default")')
  .option('--dry-run', 'read them at the provider and say what would be done; store nothing, write nothing')
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      ['import open-links.csv --dry-run', 'which of them the provider has, and which differ'],
      ['import open-links.csv', 'they are reconciled from tonight; results in open-links-result.csv'],
    ]),
  )
  .action((file: string, options: ImportArguments) =>
    runProgram(async (program) =>
      (await import('./commands/import.command.js')).importCommand(program, file, options),
    ),
  );

commands
  .command('match')
  .description(
    "compare the payments of a period with the provider's statement: CSV files of its Transactions " +
      'or Balance report, or one that is fetched; writes matches.csv, summary.csv, match.html, match.xlsx',
  )
  .argument('[files...]', "the provider's files, all of one kind; none with --fetch")
  .requiredOption('--from <YYYY-MM-DD>', 'first business date of the period', date)
  .requiredOption('--to <YYYY-MM-DD>', 'last business date of the period; may be today', date)
  .option('--account <name>', 'the account (default: "default")')
  .option('--fetch', 'ask the provider for the report, a day longer at each end')
  .addOption(
    new Option('--kind <kind>', 'with --fetch: which report (default: "transactions")').choices([
      'transactions',
      'balance',
    ]),
  )
  .option(
    '--references <prefixes>',
    'comma-separated: payments without a link whose reference begins otherwise are not ours',
    prefixes,
  )
  .option('--edge-hours <number>', 'how near an edge of the period a payment may be missing', hours, 1)
  .option('--no-read', 'read no link at the provider before reporting on it')
  .option('--json', 'print one JSON object on standard output')
  .option('--no-progress', 'say nothing on standard error while all goes well')
  .addHelpText(
    'after',
    examples([
      [
        'match --fetch --from 2026-11-01 --to 2026-11-30',
        'a month, with a statement that the provider makes now',
      ],
      ['match statement.csv --from 2026-11-28 --to 2026-11-28', 'a day, with a file from the dashboard'],
    ]),
  )
  .action((files: string[], options: MatchArguments, command: Command) => {
    if (options.fetch && files.length > 0) command.error('error: give files or --fetch, not both');
    if (!options.fetch && files.length === 0)
      command.error('error: give the files of a statement, or --fetch');
    if (!options.fetch && options.kind)
      command.error('error: --kind goes with --fetch: a file says itself what it is');
    return runProgram(async (program) =>
      (await import('./commands/match.command.js')).matchCommand(program, files, options),
    );
  });

commands
  .command('deliver')
  .description(
    'try again to deliver the reports that REPORT_DELIVERY has not got yet; or send those of a date again',
  )
  .option('--account <name>', 'of this account only')
  .option('--date <YYYY-MM-DD>', 'send the reports of this date again, as new messages', date)
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      ['deliver', 'tries what targets of REPORT_DELIVERY have not got yet'],
      ['deliver --date 2026-11-27', 'sends the reports of that date again'],
      ['deliver --date 2026-11-27 --account jakarta', 'those of one account'],
    ]),
  )
  .action((options: DeliverArguments) =>
    runProgram(async (program) =>
      (await import('./commands/deliver.command.js')).deliverCommand(program, options),
    ),
  );

commands
  .command('status')
  .description(
    'say whether the last reports are finished, complete, balanced and delivered; only reads the database',
  )
  .option('--json', 'print one JSON object on standard output')
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      ['status', 'a line per account'],
      ['status; echo $?', '0 good, 3 overdue, incomplete or undelivered, 4 does not balance'],
      ['status --json', 'for a monitor'],
    ]),
  )
  .action((options: { json?: boolean }) =>
    runProgram(async (program) =>
      (await import('./commands/status.command.js')).statusCommand(program, options),
    ),
  );

commands
  .command('forget')
  .description(
    'redact a person: address, metadata, raw responses, webhooks, notes; amounts stay; cannot be undone',
  )
  .argument('<email>', 'the address of the payout links; none of them may be open')
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([['forget siti@example.com', 'then names the report files that still have the address']]),
  )
  .action((email: string) =>
    runProgram(async (program) =>
      (await import('./commands/forget.command.js')).forgetCommand(program, email),
    ),
  );

commands
  .command('invariants')
  .description('prove the rules on every row of the database: histories, chains, slots, both roll-forwards')
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      ['invariants', 'after a restore or an incident; reads only, ends with 4 when a rule is broken'],
    ]),
  )
  .action(() =>
    runProgram(async (program) =>
      (await import('./commands/invariants.command.js')).invariantsCommand(program),
    ),
  );

commands
  .command('serve')
  .description(
    'run what is due on the schedule of RECONCILE_CRON, and process the queues; several processes may serve',
  )
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([
      ['serve', 'runs at RECONCILE_CRON, delivers reports, polls in between'],
      ['METRICS_PORT=9464 reconcile serve', 'with /metrics and /health for a monitor'],
    ]),
  )
  .action(() =>
    runProgram(async (program) => (await import('./commands/serve.command.js')).serveCommand(program)),
  );

commands
  .command('worker')
  .description('only process the queues, for runs on other machines')
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    examples([['worker', 'on another machine, with the same DATABASE_URL and QUEUE_URL']]),
  )
  .action(() =>
    runProgram(async (program) => (await import('./commands/worker.command.js')).workerCommand(program)),
  );

await commands.parseAsync();

/** Examples below a command's help, each with what it does. */
function examples(lines: readonly (readonly [call: string, does: string])[]): string {
  const calls = lines.map(([call]) => (/^[a-z]/.test(call) ? `reconcile ${call}` : call));
  const width = Math.max(...calls.map((call) => call.length));
  return `\nExamples:\n${lines.map(([, does], index) => `  ${calls[index]!.padEnd(width)}  ${does}`).join('\n')}`;
}

function date(text: string): string {
  if (isBusinessDate(text)) return text;
  throw new InvalidArgumentError('Give a day of the calendar as YYYY-MM-DD.');
}

function prefixes(text: string): string[] {
  const given = text.split(',').map((prefix) => prefix.trim());
  if (given.every((prefix) => prefix !== '')) return given;
  throw new InvalidArgumentError('Give prefixes separated by commas, such as order-,refund-.');
}

function hours(text: string): number {
  if (DECIMAL.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a number of hours, such as 1 or 0.5.');
}

function minutes(text: string): number {
  if (DECIMAL.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('Give a number of minutes greater than 0.');
}
