// A program that does what its arguments say, on the built `app-runtime`: `node program.fixture.mjs <what> [json]`.
import { setTimeout as wait } from 'node:timers/promises';
// File by file, since the package's entry point loads a framework, and dozens of these programs are started.
import { ConfigurationError } from '../../libs/app-runtime/dist/environment/configuration.error.js';
import { openDatabase } from '../../libs/app-runtime/dist/database/open-database.js';
import { runProgram } from '../../libs/app-runtime/dist/program/program.js';

const [what, json = '{}'] = process.argv.slice(2);
const given = JSON.parse(json);

const resource = (name, close = () => Promise.resolve()) => ({
  close: async () => {
    console.log(`closing ${name}`);
    await close();
    console.log(`closed ${name}`);
  },
});

const works = {
  /** Opens the database, prints its address, and closes it when asked to stop. */
  async database(program) {
    const log = (message) => console.log(message);
    const database = program.own(await openDatabase({ ...given, log }));
    console.log(`database ${database.url}`);
    await program.stopped();
    return 0;
  },

  async migrates() {
    const { DataSource } = await import('typeorm');
    const { PAYOUT_LINKS_MIGRATIONS } = await import('nestjs-payout-links');
    const { migrate } = await import('app-runtime');
    const source = new DataSource({
      type: 'postgres',
      url: given.url,
      migrations: [...PAYOUT_LINKS_MIGRATIONS],
    });
    await source.initialize();
    await migrate(source);
    await source.destroy();
    return 0;
  },

  /** Opens the sandbox, prints where it is and whether it is its own, and closes it when asked to stop. */
  async sandbox(program) {
    const { url, own } = program.own(await (await import('app-runtime')).openSandbox(given));
    console.log(`sandbox ${JSON.stringify({ url, own })}`);
    await alive(program);
    return 0;
  },

  async returns() {
    return given.code;
  },

  async returnsAndHangs(program) {
    program.own(resource('first', () => new Promise(() => undefined)));
    return given.code;
  },

  async configuration() {
    throw new ConfigurationError(['PORT must be a port', 'HOST must be a host']);
  },

  async throws() {
    throw new Error('something broke');
  },

  async carries() {
    throw Object.assign(new Error('carried'), { code: 'SOME_CODE', exitCode: given.exitCode });
  },

  async resources(program) {
    program.own(resource('first'));
    program.own(resource('second', () => wait(50)));
    program.own(resource('third', () => Promise.reject(new Error('third does not close'))));
    console.log('ready');
    await alive(program);
    return 0;
  },

  async aborted(program) {
    program.own(resource('first'));
    console.log('ready');
    await alive(program);
    throw new Error('ended in the middle');
  },

  /** Neither its work nor its resources end by themselves. */
  async hanging(program) {
    program.own(resource('first', () => new Promise(() => undefined)));
    console.log('ready');
    if (given.work) await new Promise((never) => setInterval(() => undefined, 1_000, never));
    await alive(program);
    return 0;
  },

  async logs() {
    const { ProgramLogger } = await import('../../libs/app-runtime/dist/logging/program.logger.js');
    const logger = new ProgramLogger(given);
    for (const level of ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'])
      logger[level](`said as ${level}`);
    if (given.error) logger.error(given.error, new Error(given.error).stack);
    return 0;
  },
};

/** A signal handler alone keeps no process alive. */
async function alive(program) {
  const timer = setInterval(() => undefined, 1_000);
  await program.stopped();
  clearInterval(timer);
}

await runProgram(works[what]);
