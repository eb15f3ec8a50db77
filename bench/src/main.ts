#!/usr/bin/env node
import 'reflect-metadata';
import { ExitCode, openDatabase, runProgram, type Program } from 'app-runtime';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { Size } from './benchmark.js';
import { BENCHMARKS } from './benchmarks/index.js';
import type { Line } from './measure.js';
import { describeMachine, keep } from './results.js';
import { ROOT, BenchStage } from './stage.js';
import { tableOf } from './table.js';

interface Arguments {
  size: Size;
  rounds: number;
}

const FEWEST_ROUNDS = 5;

const command = new Command()
  .name('bench')
  .description('Measures the product and a plain baseline, alternating in the same run.')
  .addArgument(
    new Argument('[benchmarks...]', 'all when left out').choices(BENCHMARKS.map(({ name }) => name)),
  )
  .addOption(new Option('--size <size>', 'small: a quick try').choices(['small', 'full']).default('full'))
  .option('--rounds <number>', `measurements of each, ${FEWEST_ROUNDS} or more`, rounds, FEWEST_ROUNDS)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : ExitCode.BAD_USAGE))
  .addHelpText(
    'after',
    `
Benchmarks:
${BENCHMARKS.map(({ name, title }) => `  ${name.padEnd(18)}${title}`).join('\n')}

The table goes to standard output and bench/results.json. At full size all of it takes about an hour and a half and
some 15 GB of disk. DATABASE_URL names a PostgreSQL server on which databases may be created and dropped; left out, an
embedded one runs under .data/bench. Run it on an otherwise idle machine.`,
  )
  .action((names: string[], options: Arguments) => runProgram((program) => bench(program, names, options)));

await command.parseAsync();

async function bench(program: Program, names: string[], { size, rounds: count }: Arguments): Promise<number> {
  const server = program.own(
    await openDatabase({
      url: process.env.DATABASE_URL,
      folder: `${ROOT}.data/bench`,
      log: (message) => console.error(message),
    }),
  );
  const machine = await describeMachine(server.url);
  const measured: Record<string, Line[]> = {};
  for (const benchmark of BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const stage = new BenchStage(server.url);
    const say = (message: string) => console.error(`${benchmark.name}: ${message}`);
    try {
      const lines = await benchmark.measure(stage, { size, rounds: count, say, signal: program.signal });
      measured[benchmark.name] = lines;
      await keep(benchmark.name, {
        measuredAt: new Date().toISOString(),
        size,
        rounds: count,
        machine,
        lines,
      });
    } finally {
      await stage.clear();
    }
  }
  console.log(tableOf(measured));
  return ExitCode.DONE;
}

function rounds(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= FEWEST_ROUNDS) return number;
  throw new InvalidArgumentError(`Give a whole number of ${FEWEST_ROUNDS} or more.`);
}
