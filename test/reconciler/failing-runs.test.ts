import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { MailServer } from '../support/mail-server.js';
import { until } from '../support/until.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { businessDate, ReconcilerStage } from './reconciler.stage.js';

/** What `status --json` prints. */
interface Status {
  accounts: {
    account: string;
    lastFinished: string | null;
    overdue: boolean;
    coverage: { open: number; read: number } | null;
    balanced: boolean | null;
    failures: number | null;
    undelivered: number;
  }[];
  oldestDeliverySeconds: number | null;
  deadLetters: number;
  exitCode: number;
}

const YESTERDAY = businessDate(-1);
/** Slots stay open, whatever the time of day. */
const LATE = { RECONCILE_SEAL_AT: '23:59' };

let mail: MailServer;
let chat: WebhookReceiver;
beforeEach(async () => {
  [mail, chat] = await Promise.all([MailServer.start(), WebhookReceiver.start()]);
});
afterEach(() => Promise.all([mail.close(), chat.close()]));

const deliverTo = (given: object = {}) => ({
  REPORT_DELIVERY: JSON.stringify([mail.target(given), chat.target(given)]),
});

async function status(
  stage: ReconcilerStage,
  env: Record<string, string> = {},
): Promise<Status & { code: number }> {
  const { stdout, code } = await stage.start(['status', '--json'], env).ended;
  return { ...(JSON.parse(stdout) as Status), code: code! };
}

describe('a run while the provider is down', () => {
  let stage: ReconcilerStage;
  beforeAll(async () => {
    stage = await ReconcilerStage.open();
    await stage.create('unread');
    await stage.age(2);
  });
  afterAll(() => stage.close());

  it('ends in one mail and one webhook, and status 3 until its reports are final and delivered', async () => {
    const env = { ...LATE, ...deliverTo({ when: 'problem' }) };
    await stage.caller.control('faults', { route: 'GET /payouts/:id', kind: '500', times: 1_000 });
    const first = await stage.run(['--date', YESTERDAY], env);
    expect([first.code, first.runs[0]!.provisional]).toEqual([3, true]);
    expect(mail.mails.map(({ subject }) => subject)).toEqual([
      `Payout links default ${YESTERDAY}: 0 failures to settle, INCOMPLETE`,
    ]);
    expect(chat.received.map(({ body }) => body)).toEqual([
      expect.objectContaining({ type: 'slot', date: YESTERDAY, provisional: true, incomplete: true }),
    ]);
    expect(await status(stage, env)).toMatchObject({
      code: 3,
      exitCode: 3,
      accounts: [
        {
          account: 'default',
          lastFinished: null,
          overdue: true,
          coverage: null,
          balanced: null,
          undelivered: 0,
        },
      ],
    });

    await stage.caller.control('reset', {});
  });

  it('is delivered once it is final, and then status is 0', async () => {
    const env = { ...LATE, ...deliverTo() };
    // The sandbox has forgotten the link: a 404 is a usable response.
    const { runs } = await stage.run(['--date', YESTERDAY], env);
    expect(runs[0]).toMatchObject({ provisional: false, footed: true });
    expect([mail.mails.length, chat.received.length]).toEqual([1, 1]);
    expect(await status(stage, env)).toMatchObject({
      code: 0,
      accounts: [{ lastFinished: YESTERDAY, overdue: false, balanced: true, coverage: { open: 1, read: 1 } }],
    });
  });

  it('leaves what was not delivered to deliver, names it, and status is 3', async () => {
    await chat.close();
    const env = { ...LATE, ...deliverTo() };
    const failed = await stage.start(['deliver', '--date', YESTERDAY], env).ended;
    expect(failed.code).toBe(3);
    expect(failed.stdout).toMatch(
      new RegExp(`^account  report      target   result\\ndefault  ${YESTERDAY}  `),
    );
    expect(failed.stdout).toMatch(/chat +connection failed \(ECONNREFUSED\)/);
    expect(await status(stage, env)).toMatchObject({ code: 3, accounts: [{ undelivered: 1 }] });

    await chat.open();
    const again = await stage.start(['deliver'], env).ended;
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/chat +delivered/)]);
    expect((await stage.start(['deliver'], env).ended).stdout).toBe('Everything is delivered.\n');
    expect(await status(stage, env)).toMatchObject({ code: 0 });
    expect([mail.mails.length, chat.received.length]).toEqual([1, 1]);
  });

  it.each([
    ['nothing to deliver to', [], {}, /REPORT_DELIVERY names no target/],
    ['an unknown account', ['--account', 'jakarta'], null, /no account "jakarta"/],
    ['a date without reports', ['--date', '2020-01-01'], null, /nothing has been reconciled for 2020-01-01/],
  ])('deliver refuses %s', async (_, args, env, message) => {
    const refused = await stage.start(['deliver', ...args], env ?? deliverTo()).ended;
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('status 4 when the last slot does not balance, whatever else', async () => {
    await stage.database.query(
      `UPDATE payout_link_reconciliation_run SET result = jsonb_set(result::jsonb, '{footed}', 'false')::json`,
    );
    const shown = await stage.start(['status']).ended;
    expect([shown.code, shown.stdout]).toEqual([
      4,
      expect.stringMatching(
        new RegExp(
          `^account +last finished +links read +failures +undelivered +state\\ndefault +${YESTERDAY} +1 of 1 +0 +0 +DOES NOT BALANCE\\n`,
        ),
      ),
    ]);
    expect(shown.stdout).not.toContain('\u001B');
  });
});

describe('a run that cannot be done', () => {
  let stage: ReconcilerStage;
  beforeAll(async () => {
    stage = await ReconcilerStage.open();
    await stage.create('waiting');
    await stage.age(2);
  });
  afterAll(() => stage.close());

  it('is reported once per date, with what failed', async () => {
    const env = {
      ...deliverTo({ when: 'problem' }),
      XENDIT_API_KEY: 'not-a-key',
      XENDIT_WEBHOOK_TOKENS: 'token',
    };
    const failed = await stage.run([], env);
    expect(failed.code).toBe(1);
    expect((await stage.run([], env)).code).toBe(1);
    expect(mail.mails.map(({ subject }) => subject)).toEqual([
      `Payout links default ${YESTERDAY}: COULD NOT RUN`,
    ]);
    expect(mail.mails[0]!.text).toMatch(
      /KEY_REFUSED[^]*refused the key of the account "default" \(HTTP 401\)/,
    );
    expect(chat.received.map(({ body }) => body)).toEqual([
      {
        type: 'failed',
        account: 'default',
        date: YESTERDAY,
        code: 'KEY_REFUSED',
        message: expect.stringContaining('HTTP 401'),
      },
    ]);
    expect(JSON.stringify([chat.received, mail.mails, failed.stderr])).not.toContain('not-a-key');
  });

  it('is reported at every run while the database does not respond', async () => {
    const env = {
      ...deliverTo({ when: 'problem' }),
      DATABASE_URL: `postgres://user:hunter2@127.0.0.1:${await freePort()}/links`,
    };
    for (let run = 0; run < 2; run += 1) expect((await stage.run([], env)).code).toBe(1);
    expect(chat.received.map(({ body }) => body.code)).toEqual([
      'DATABASE_UNAVAILABLE',
      'DATABASE_UNAVAILABLE',
    ]);
    expect(mail.mails.map(({ subject }) => subject)).toEqual(
      Array.from({ length: 2 }, () => `Payout links default ${YESTERDAY}: COULD NOT RUN`),
    );
    expect(JSON.stringify([chat.received, mail.mails])).not.toContain('hunter2');
  });

  it('is not reported for a date that is not over, nor for bad usage', async () => {
    const env = { ...deliverTo(), XENDIT_API_KEY: 'not-a-key', XENDIT_WEBHOOK_TOKENS: 'token' };
    expect((await stage.run(['--date', businessDate()], env)).code).toBe(1);
    expect((await stage.run(['--date', '2020-01-01'], env)).code).toBe(2);
    expect([mail.mails, chat.received]).toEqual([[], []]);
  });

  it('is reported by serve too, which logs JSON and shows metrics and health', async () => {
    const env = {
      ...deliverTo({ when: 'problem' }),
      XENDIT_API_KEY: 'not-a-key',
      XENDIT_WEBHOOK_TOKENS: 'token',
      METRICS_PORT: '0',
      LOG_FORMAT: 'json',
      RECONCILE_CRON: '* * * * * *',
    };
    await stage.database.query('TRUNCATE payout_link_report_delivery');
    const serve = stage.start(['serve'], env);
    try {
      await until('the failure is reported', () => chat.received.length > 0 && mail.mails.length > 0);
      const url = await until(
        'metrics are shown',
        () => /metrics and health on (http:[^"\s]+)/.exec(serve.stdout())?.[1],
      );
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      const ready = await fetch(`${url}/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([200, expect.objectContaining({ status: 'ok' })]);
      expect(ready.headers.get('keep-alive')).toBe('timeout=620');
      expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
        /^payout_links_provider_requests_total\{account="default",operation="read",outcome="refused"\} [1-9]/m,
      );
      expect((await fetch(`${url}/reports`)).status).toBe(404);
      expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
    } finally {
      serve.child.kill('SIGTERM');
    }
    const { code, stdout, stderr } = await serve.ended;
    expect(code).toBe(0);
    for (const line of (stdout + stderr).trim().split('\n')) {
      expect(JSON.parse(line)).toEqual(
        expect.objectContaining({
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
          level: expect.stringMatching(/^(info|warn|error)$/),
          msg: expect.any(String),
        }),
      );
    }
    expect(chat.received).toHaveLength(1);
    expect(stdout + stderr).not.toContain('not-a-key');
  });

  it('is reported when its reports cannot be written, under the date that failed', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'no-folder-'));
    await writeFile(join(elsewhere, 'default'), 'a file where a folder belongs');
    await stage.database.query('TRUNCATE payout_link_report_delivery');
    const failed = await stage.run([], { ...deliverTo({ when: 'problem' }), REPORTS_DIR: elsewhere });
    await rm(elsewhere, { recursive: true });
    expect(failed.code).toBe(1);
    expect(chat.received.map(({ body }) => [body.code, body.date])).toEqual([
      ['REPORT_NOT_WRITTEN', YESTERDAY],
    ]);
    expect(mail.mails).toHaveLength(1);
  });
});
