import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, ENVIRONMENT_VARIABLES, isLoopback, readConfiguration } from 'app-runtime';
import { problemsOf } from './problems-of.js';

const KEY = 'xnd_production_no_one_may_read_this';
const TOKEN = 'token_no_one_may_read_this';
const LIVE = { XENDIT_API_KEY: KEY, XENDIT_WEBHOOK_TOKENS: TOKEN };

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfiguration({})).toEqual({
      databaseUrl: undefined,
      apiKey: undefined,
      webhookTokens: [],
      baseUrl: undefined,
      accounts: {},
      host: '127.0.0.1',
      port: 3000,
      demoApiKey: undefined,
      metricsHost: '127.0.0.1',
      metricsPort: undefined,
      reportsDir: './reports',
      reportTimezone: 'Asia/Jakarta',
      reportLanguage: 'en',
      reportCsvDelimiter: ',',
      reportDelivery: [],
      reconcileCron: '0 2 * * *',
      reconcileSealAt: '08:00',
      reconcileRatePerMinute: undefined,
      reconcileConcurrency: 8,
      autoReissue: undefined,
      retentionDays: 400,
      queueUrl: undefined,
      logLevel: 'info',
      logFormat: undefined,
    });
  });

  it('takes every variable from the environment', () => {
    const accounts = { second: { apiKey: 'xnd_development_2', webhookTokens: ['t2'], forUserId: 'sub' } };
    const delivery = [
      {
        type: 'webhook',
        name: 'chat',
        url: 'https://chat.example.com',
        secret: 'whsec_c2VjcmV0',
        accounts: ['second'],
      },
    ];
    expect(
      readConfiguration({
        DATABASE_URL: 'postgres://user:secret@db.example:5433/links?sslmode=require',
        XENDIT_API_KEY: KEY,
        XENDIT_ACCOUNTS: JSON.stringify(accounts),
        XENDIT_BASE_URL: 'https://api.example.com',
        XENDIT_WEBHOOK_TOKENS: ` ${TOKEN} , next,, `,
        HOST: '::1',
        PORT: '0',
        DEMO_API_KEY: 'demo-key',
        METRICS_HOST: '0.0.0.0',
        METRICS_PORT: '9464',
        REPORTS_DIR: '/srv/reports',
        REPORT_TIMEZONE: 'Asia/Jayapura',
        REPORT_LANGUAGE: 'id',
        REPORT_CSV_DELIMITER: ';',
        REPORT_DELIVERY: JSON.stringify(delivery),
        RECONCILE_CRON: '30 1 * * 1-5',
        RECONCILE_SEAL_AT: '09:30',
        RECONCILE_RATE_PER_MINUTE: '600',
        RECONCILE_CONCURRENCY: '2',
        AUTO_REISSUE: '{"maxAmount":1000000,"waits":["90m"]}',
        RETENTION_DAYS: '90',
        QUEUE_URL: 'redis://127.0.0.1:6379',
        LOG_LEVEL: 'trace',
        LOG_FORMAT: 'json',
      }),
    ).toEqual({
      databaseUrl: 'postgres://user:secret@db.example:5433/links?sslmode=require',
      apiKey: KEY,
      webhookTokens: [TOKEN, 'next'],
      baseUrl: 'https://api.example.com',
      accounts,
      host: '::1',
      port: 0,
      demoApiKey: 'demo-key',
      metricsHost: '0.0.0.0',
      metricsPort: 9464,
      reportsDir: '/srv/reports',
      reportTimezone: 'Asia/Jayapura',
      reportLanguage: 'id',
      reportCsvDelimiter: ';',
      reportDelivery: delivery,
      reconcileCron: '30 1 * * 1-5',
      reconcileSealAt: '09:30',
      reconcileRatePerMinute: 600,
      reconcileConcurrency: 2,
      autoReissue: { maxAmount: 1_000_000, waits: ['90m'] },
      retentionDays: 90,
      queueUrl: 'redis://127.0.0.1:6379',
      logLevel: 'trace',
      logFormat: 'json',
    });
  });

  it.each<[variable: string, values: string[]]>([
    ['DATABASE_URL', ['', 'db.example/links', 'mysql://db.example/links', 'postgres//db']],
    ['XENDIT_API_KEY', ['', ' ', 'xnd_development_a b', 'xnd_development_a\n']],
    ['XENDIT_ACCOUNTS', ['', '{', 'null', '[]', '"text"', '{"second":7}', '{"second":null}', '{"":{}}']],
    ['XENDIT_BASE_URL', ['', 'api.xendit.co', 'ftp://api.xendit.co', 'http://']],
    ['HOST', ['', 'http://127.0.0.1', 'two words']],
    ['PORT', ['', '-1', '65536', '3000.5', '0x50', 'http', '1e3']],
    ['DEMO_API_KEY', ['', 'two words']],
    ['REPORTS_DIR', ['']],
    ['REPORT_TIMEZONE', ['', 'Jakarta', 'Asia/Nowhere']],
    ['REPORT_LANGUAGE', ['', 'EN', 'fr']],
    ['REPORT_CSV_DELIMITER', ['', '|', ',;']],
    ['RECONCILE_SEAL_AT', ['', '8', '25:00', '08:60', '8:00', '08:00:00']],
    ['RECONCILE_CRON', ['', 'daily', '0 25 * * *', '* * *']],
    ['RECONCILE_RATE_PER_MINUTE', ['', '0', '-1', '1000001', 'fast', '1.5']],
    ['RECONCILE_CONCURRENCY', ['', '0', '1001', 'many']],
    ['RETENTION_DAYS', ['', '0', '36501', '1.5', '0x10', 'never']],
    [
      'AUTO_REISSUE',
      ['', '[]', 'true', '{"waits":["1"]}', '{"maxAttempts":1}', '{"codes":["TRANSFER_ERROR"]}'],
    ],
    ['QUEUE_URL', ['', 'amqp://127.0.0.1', 'localhost:6379']],
    ['LOG_LEVEL', ['', 'INFO', 'verbose']],
    ['LOG_FORMAT', ['', 'JSON', 'pretty']],
    ['METRICS_HOST', ['', 'http://127.0.0.1']],
    ['METRICS_PORT', ['', '-1', '65536', 'none']],
    ['REPORT_DELIVERY', ['', '{', '{}', '[1]', '[{}]', '[{"type":"sms"}]']],
  ])('refuses a bad %s, naming it', (variable, values) => {
    for (const value of values) {
      const named = problemsOf({ ...LIVE, [variable]: value }).filter((problem) =>
        problem.startsWith(variable),
      );
      expect({ value, refused: named.length > 0 }).toEqual({ value, refused: true });
    }
  });

  it('reports everything that is wrong in one error', () => {
    const bad = {
      DATABASE_URL: 'mysql://db',
      XENDIT_API_KEY: '',
      XENDIT_ACCOUNTS: '{"second":{"apiKey":"","webhookTokens":[],"note":1}}',
      XENDIT_BASE_URL: 'api.xendit.co',
      HOST: '',
      PORT: 'http',
      DEMO_API_KEY: '',
      REPORTS_DIR: '',
      REPORT_TIMEZONE: 'Jakarta',
      REPORT_LANGUAGE: 'fr',
      REPORT_CSV_DELIMITER: '|',
      RECONCILE_CRON: 'daily',
      RECONCILE_RATE_PER_MINUTE: '0',
      RECONCILE_CONCURRENCY: '0',
      QUEUE_URL: 'localhost',
      LOG_LEVEL: 'loud',
    };
    const problems = problemsOf(bad);
    for (const variable of Object.keys(bad)) {
      expect(problems.filter((problem) => problem.startsWith(variable))).not.toEqual([]);
    }
    for (const word of ['apiKey', 'webhookTokens', 'note']) {
      expect(problems.join('\n')).toMatch(new RegExp(`XENDIT_ACCOUNTS\\.second: .*${word}`));
    }
    try {
      readConfiguration(bad);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error).toMatchObject({ code: 'BAD_CONFIGURATION', problems });
      for (const problem of problems) expect((error as Error).message).toContain(`\n  - ${problem}`);
    }
  });

  it('never repeats a key, a token or a password', () => {
    const secrets = ['s3cr3t-one', 's3cr3t-two', 's3cr3t-three', 's3cr3t-four', 's3cr3t-five'];
    const [one, two, three, four, five] = secrets;
    const error = new ConfigurationError(
      problemsOf({
        DATABASE_URL: `mysql://user:${one}@db`,
        XENDIT_API_KEY: `${two} ${two}`,
        XENDIT_ACCOUNTS: JSON.stringify({
          default: { apiKey: three, webhookTokens: [four] },
          second: { apiKey: `${three} `, webhookTokens: [`${four} ${four}`, 7, ''], forUserId: '' },
          third: three,
          [`a ${three}`]: { apiKey: three, webhookTokens: four },
        }),
        DEMO_API_KEY: `${five} `,
        QUEUE_URL: `amqp://user:${one}@queue`,
        XENDIT_BASE_URL: `ftp://user:${one}@api`,
      }),
    );
    expect(error.problems.length).toBeGreaterThan(8);
    for (const secret of secrets) {
      expect(error.message).not.toContain(secret);
      expect(JSON.stringify(error)).not.toContain(secret);
    }
  });

  it.each<[rule: string, env: Record<string, string>, problem: RegExp]>([
    ['a key without tokens', { XENDIT_API_KEY: KEY }, /^XENDIT_WEBHOOK_TOKENS /],
    [
      'a key with empty tokens',
      { XENDIT_API_KEY: KEY, XENDIT_WEBHOOK_TOKENS: ' , ,' },
      /^XENDIT_WEBHOOK_TOKENS /,
    ],
    [
      'an account without tokens',
      { ...LIVE, XENDIT_ACCOUNTS: '{"second":{"apiKey":"xnd_1","webhookTokens":[]}}' },
      /^XENDIT_ACCOUNTS\.second: webhookTokens /,
    ],
    [
      'an account with an empty token',
      { ...LIVE, XENDIT_ACCOUNTS: '{"second":{"apiKey":"xnd_1","webhookTokens":[""]}}' },
      /^XENDIT_ACCOUNTS\.second: .*webhookTokens/,
    ],
    [
      'the same account twice',
      { ...LIVE, XENDIT_ACCOUNTS: '{"default":{"apiKey":"xnd_1","webhookTokens":["t"]}}' },
      /^XENDIT_ACCOUNTS must not name default/,
    ],
    [
      'a live key that would go to the sandbox',
      { XENDIT_ACCOUNTS: '{"second":{"apiKey":"xnd_production_1","webhookTokens":["t"]}}' },
      /^XENDIT_ACCOUNTS holds a live key/,
    ],
    [
      'keys that would travel in the clear',
      { ...LIVE, XENDIT_BASE_URL: 'http://api.example.com' },
      /^XENDIT_BASE_URL must begin with https/,
    ],
    [
      'another provider without a key',
      { XENDIT_BASE_URL: 'https://api.example.com' },
      /^XENDIT_API_KEY must be given/,
    ],
  ])('refuses %s', (_, env, problem) => {
    const problems = problemsOf(env);
    expect(problems).not.toEqual([]);
    for (const found of problems) expect(found).toMatch(problem);
  });

  it('lets a key and a sandbox on this machine pass', () => {
    for (const url of ['http://127.0.0.1:4010', 'http://localhost:4010', 'http://[::1]:4010']) {
      expect(problemsOf({ ...LIVE, XENDIT_BASE_URL: url })).toEqual([]);
      expect(problemsOf({ XENDIT_BASE_URL: url })).toEqual([]);
    }
  });

  it('distinguishes loopback addresses from others', () => {
    for (const host of ['127.0.0.1', '127.8.8.8', 'localhost', 'LOCALHOST', '::1', '[::1]']) {
      expect([host, isLoopback(host)]).toEqual([host, true]);
    }
    for (const host of [
      '0.0.0.0',
      '::',
      '10.0.0.1',
      '127.0.0.1.example.com',
      '127.example',
      'localhost.example',
    ]) {
      expect([host, isLoopback(host)]).toEqual([host, false]);
    }
  });

  it('reads and documents these variables and no other', () => {
    expect(ENVIRONMENT_VARIABLES.map(([name]) => name).toSorted()).toMatchInlineSnapshot(`
     [
       "AUTO_REISSUE",
       "DATABASE_URL",
       "DEMO_API_KEY",
       "HOST",
       "LOG_FORMAT",
       "LOG_LEVEL",
       "METRICS_HOST",
       "METRICS_PORT",
       "PORT",
       "QUEUE_URL",
       "RECONCILE_CONCURRENCY",
       "RECONCILE_CRON",
       "RECONCILE_RATE_PER_MINUTE",
       "RECONCILE_SEAL_AT",
       "REPORTS_DIR",
       "REPORT_CSV_DELIMITER",
       "REPORT_DELIVERY",
       "REPORT_LANGUAGE",
       "REPORT_TIMEZONE",
       "RETENTION_DAYS",
       "XENDIT_ACCOUNTS",
       "XENDIT_API_KEY",
       "XENDIT_BASE_URL",
       "XENDIT_WEBHOOK_TOKENS",
     ]
    `);
  });
});
