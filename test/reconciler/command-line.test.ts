import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReconcilerStage } from './reconciler.stage.js';

describe('the command line of the reconciler', () => {
  let stage: ReconcilerStage;
  beforeAll(async () => {
    stage = await ReconcilerStage.open();
  });
  afterAll(() => stage.close());

  it.each<[string[], Record<string, string>, string]>([
    [['run', '--date', '2026-02-30'], {}, 'Give a day of the calendar'],
    [['run', '--date', '2999-01-01'], {}, '2999-01-01 has not begun'],
    [['run', '--dates'], {}, "unknown option '--dates'"],
    [['run', '--date', '0001-01-01'], {}, '0001-01-01 is before'],
    [['walk'], {}, "unknown command 'walk'"],
    [['plan'], { RECONCILE_CRON: '0 0 31 2 *' }, 'of a time that ever comes'],
    [['run'], { REPORT_TIMEZONE: 'Mars/Olympus', PORT: 'x' }, 'REPORT_TIMEZONE must be a time zone'],
  ])('refuses bad usage with 2: %j %j', async (args, env, message) => {
    const { code, stdout, stderr } = await stage.start(args, env).ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('says in one line that the database cannot be reached, and ends with 1', async () => {
    const { code, stderr } = await stage.run([], {
      DATABASE_URL: 'postgres://me:secret@127.0.0.1:9/nowhere',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('The database at 127.0.0.1:9/nowhere cannot be reached');
    expect(stderr).not.toContain('secret');
  });

  it.each(['redis://127.0.0.1:9', 'postgres://127.0.0.1:9/nowhere'])(
    'says in one line that the queue cannot be reached, and ends with 1: %s',
    async (queueUrl) => {
      const { code, stderr } = await stage.run([], { QUEUE_URL: queueUrl });
      expect(code).toBe(1);
      expect(stderr).toContain('The queue cannot be reached');
      expect(stderr.trim().split('\n')).toHaveLength(1);
    },
  );

  it('shows examples of every command, with options that it has', async () => {
    const help = async (...args: string[]) => (await stage.start([...args, '--help'], {}).ended).stdout;
    const overview = await help();
    const names = [...overview.matchAll(/^ {2}([a-z]+)(?: \[options\]| <|  )/gm)].map(([, name]) => name!);
    const commands = names.filter((name) => name !== 'help');
    expect(commands).toEqual([
      'run',
      'plan',
      'report',
      'verify',
      'decide',
      'create',
      'import',
      'match',
      'deliver',
      'status',
      'forget',
      'invariants',
      'serve',
      'worker',
    ]);
    for (const text of await Promise.all(commands.map((name) => help(name)))) {
      const [options, examples = ''] = text.split('\nExamples:\n');
      expect(examples).toContain('reconcile ');
      for (const [option] of examples.matchAll(/--[a-z-]+/g)) expect(options).toContain(option);
    }
  });

  it('has the same settings in its help as the operations guide', async () => {
    const { stdout } = await stage.start(['--help'], {}).ended;
    const guide = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    for (const [, name, byDefault] of stdout.matchAll(/^ {2}([A-Z_]{4,}) +.* \(([^()]*)\)$/gm)) {
      const [, row] = new RegExp(`^\\| \`${name}\`\\s*\\| (.*?)\\s*\\|`, 'm').exec(guide) ?? [];
      expect([name, row?.replaceAll('`', '')]).toEqual([name, byDefault]);
    }
  });
});
