#!/usr/bin/env node
import 'reflect-metadata';
import { describeEnvironment, ExitCode, exitCodeOf, runProgram } from 'app-runtime';
import { Command, InvalidArgumentError } from 'commander';
import { runCommand, type RunArguments } from './commands/run.command.js';
import { isBusinessDate } from './slot/business-date.js';

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
Exit codes: 0 done, 1 could not run, 2 bad usage or configuration, 3 written but some links had no usable answer,
4 totals do not foot.

${describeEnvironment()}`,
  );

commands
  .command('run')
  .description('read every open link once, then write the report set of each date that is due')
  .option(
    '--date <YYYY-MM-DD>',
    'this date, and missing ones before it; today gives a provisional report',
    date,
  )
  .option('--json', 'print one JSON object on standard output')
  .option('--no-progress', 'say nothing on standard error while all goes well')
  .allowExcessArguments(false)
  .action((options: RunArguments) => start(options));

await commands.parseAsync();

function start(options: RunArguments): Promise<never> {
  return runProgram(async (program) => {
    try {
      return await runCommand(program, options);
    } catch (error) {
      if (options.json) console.log(JSON.stringify({ runs: [], exitCode: exitCodeOf(error) }));
      throw error;
    }
  });
}

function date(text: string): string {
  if (isBusinessDate(text)) return text;
  throw new InvalidArgumentError('Give a day of the calendar as YYYY-MM-DD.');
}
