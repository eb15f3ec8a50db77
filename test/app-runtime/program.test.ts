import { afterEach, describe, expect, it } from '@jest/globals';
import { startProgram, type RunningProgram } from './running-program.js';

const SHUTDOWN_MS = 10_000;

describe('a program', () => {
  const programs: RunningProgram[] = [];
  const start = (what: string, given?: object) => {
    const program = startProgram(what, given);
    programs.push(program);
    return program;
  };
  afterEach(() => {
    for (const { child } of programs.splice(0)) child.kill('SIGKILL');
  });

  it.each([
    ['what its work gives', 'returns', { code: 0 }, 0],
    ['what its work gives', 'returns', { code: 3 }, 3],
    ['2 for a wrong configuration', 'configuration', {}, 2],
    ['1 for an unexpected error', 'throws', {}, 1],
    ['what an error carries', 'carries', { exitCode: 4 }, 4],
  ])('ends with %s: %s %j', async (_, what, given, code) => {
    expect(await start(what, given).ended).toEqual({ code, signal: null });
  });

  it('lists everything wrong with its configuration on standard error', async () => {
    const program = start('configuration');
    await program.ended;
    expect(program.stdout).toBe('');
    expect(program.stderr).toBe(
      'The configuration is wrong:\n  - PORT must be a port\n  - HOST must be a host\n',
    );
  });

  it('shows the stack of an unexpected error, and only the message of one with a code', async () => {
    const unexpected = start('throws');
    const coded = start('carries', { exitCode: 1 });
    await Promise.all([unexpected.ended, coded.ended]);
    expect(unexpected.stderr).toContain('Error: something broke\n    at ');
    expect(coded.stderr).toBe('carried\n');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('closes what it opened, the last first, on %s', async (signal) => {
    const program = start('resources');
    await program.said('ready');
    const startedAt = performance.now();
    expect(await program.end(signal)).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(SHUTDOWN_MS);
    expect(program.stdout).toBe(
      'ready\nclosing third\nclosing second\nclosed second\nclosing first\nclosed first\n',
    );
    expect(program.stderr).toContain('while ending: Error: third does not close');
  });

  it('that is asked to stop ends with 0, whatever its work throws then', async () => {
    const program = start('aborted');
    await program.said('ready');
    expect(await program.end()).toEqual({ code: 0, signal: null });
    expect(program.stdout).toBe('ready\nclosing first\nclosed first\n');
    expect(program.stderr).toBe('');
  });

  it.each([
    ['work', { work: true }],
    ['close', { work: false }],
  ])('whose %s hangs is ended by force within ten seconds', async (_, given) => {
    const program = start('hanging', given);
    await program.said('ready');
    const startedAt = performance.now();
    expect(await program.end()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(SHUTDOWN_MS);
    expect(program.stderr).toContain('ended by force');
  });

  it('whose close hangs when its work is done ends with its exit code, within ten seconds', async () => {
    const program = start('returnsAndHangs', { code: 3 });
    await program.said('closing first');
    const startedAt = performance.now();
    expect(await program.ended).toEqual({ code: 3, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(SHUTDOWN_MS);
    expect(program.stderr).toContain('ended by force');
  });
});

describe('the logger', () => {
  it.each([
    ['trace', ['verbose', 'debug', 'log', 'warn', 'error', 'fatal']],
    ['debug', ['debug', 'log', 'warn', 'error', 'fatal']],
    ['info', ['log', 'warn', 'error', 'fatal']],
    ['warn', ['warn', 'error', 'fatal']],
    ['error', ['error', 'fatal']],
  ])('says at level %s: %j', async (level, said) => {
    const program = startProgram('logs', { level });
    await program.ended;
    const all = program.stdout + program.stderr;
    expect([...all.matchAll(/said as (\w+)/g)].map(([, word = '']) => word).toSorted()).toEqual(
      said.toSorted(),
    );
  });

  it('leaves standard output to the result when asked to', async () => {
    const program = startProgram('logs', { level: 'trace', stream: 'stderr' });
    await program.ended;
    expect(program.stdout).toBe('');
    expect(program.stderr.match(/said as/g)).toHaveLength(6);
  });

  const linesOf = async (given: object) => {
    const program = startProgram('logs', { level: 'trace', ...given });
    await program.ended;
    return program.stdout + program.stderr;
  };

  it('writes JSON off a terminal, an object per line, with the time in UTC', async () => {
    const lines = (await linesOf({ stream: 'stderr' })).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(
      ['trace', 'debug', 'info', 'warn', 'error', 'error'].map((level) =>
        expect.objectContaining({
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
          level,
          msg: expect.stringMatching(/^said as /),
        }),
      ),
    );
  });

  it('writes text on request, without colours off a terminal, with the time in UTC', async () => {
    const text = await linesOf({ format: 'text' });
    expect(text).toMatch(/\d{4}-\d\d-\d\dT[\d:.]+Z\s+WARN said as warn/);
    expect(text).not.toContain('\u001B');
  });

  it('has the error of a line, and masks e-mail addresses everywhere', async () => {
    const text = await linesOf({ error: 'no mail to siti.rahayu@example.com' });
    const line = JSON.parse(text.trim().split('\n').at(-1)!) as { err: { stack: string } };
    expect(line.err.stack).toMatch(/no mail to s\*\*\*@example\.com[^]*at /);
    expect(text).not.toContain('siti.rahayu');
  });
});
