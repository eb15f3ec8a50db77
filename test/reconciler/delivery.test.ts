import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MailServer } from '../support/mail-server.js';
import { until } from '../support/until.js';
import { SECRET, WebhookReceiver } from '../support/webhook-receiver.js';
import { DeliveryStage } from './delivery.stage.js';

const signal = new AbortController().signal;
const DAY = { account: 'default', date: '2026-11-27', event: 'SEALED' } as const;

let stage: DeliveryStage;
let mail: MailServer;
let chat: WebhookReceiver;
beforeAll(async () => {
  stage = await DeliveryStage.open();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.reset();
  [mail, chat] = await Promise.all([MailServer.start(), WebhookReceiver.start()]);
});
afterEach(() => Promise.all([mail.close(), chat.close()]));

/** The outcome of each target, by its name. */
async function outcomes(): Promise<Record<string, [state: string, attempts: number, error: string | null]>> {
  const rows = await stage.rows();
  return Object.fromEntries(
    rows.map(({ target, state, attempts, last_error: error }) => [target, [state, attempts, error]]),
  );
}

describe('a report', () => {
  it('reaches mailbox and webhook once, with the ids of its rows', async () => {
    const service = await stage.service([mail.target(), chat.target()]);
    await service.store({ ...DAY, content: stage.slot({}, 2) });
    expect(await service.deliverFresh(signal)).toEqual([
      expect.objectContaining({ target: expect.any(String), error: null }),
      expect.objectContaining({ target: expect.any(String), error: null }),
    ]);
    const rows = await stage.rows();
    const idOf = (target: string) => rows.find((row) => row.target === target)!.message_id;
    expect(
      mail.mails.map(({ subject, messageId, recipients }) => ({ subject, messageId, recipients })),
    ).toEqual([
      {
        subject: 'Payout links default 2026-11-27: 2 failures to settle, balanced',
        messageId: `<${idOf('finance')}@example.com>`,
        recipients: ['finance@example.com'],
      },
    ]);
    expect(chat.received).toEqual([
      { id: idOf('chat'), body: expect.objectContaining({ type: 'slot', date: '2026-11-27', footed: true }) },
    ]);
    expect(await service.deliverFresh(signal)).toEqual([]);
    expect(await service.undelivered(null)).toEqual([]);
  });

  it('is stored once per account, date and target, however often the slot is written', async () => {
    const service = await stage.service([chat.target()]);
    for (let run = 0; run < 3; run += 1) await service.store({ ...DAY, content: stage.slot() });
    await service.store({
      ...DAY,
      event: 'OPEN',
      content: stage.slot({ provisional: true, incomplete: true }),
    });
    await service.deliverFresh(signal);
    expect(chat.received).toHaveLength(2);
  });

  it('is sent again by hand, under a new id', async () => {
    const service = await stage.service([chat.target()]);
    await service.store({ ...DAY, content: stage.slot() });
    await service.deliverFresh(signal);
    await service.deliver(await service.storeAgain({ ...DAY, content: stage.slot() }), signal);
    const ids = chat.received.map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([2, 2]);
  });

  it('names no recipient of money', async () => {
    const service = await stage.service([mail.target()]);
    await service.store({ ...DAY, content: stage.slot({}, 30) });
    await service.deliverFresh(signal);
    const { text, html } = mail.mails[0]!;
    for (const part of [text, html]) {
      expect(part).toContain('refund-20');
      expect(part).not.toContain('refund-21');
      expect(part).toContain('and 10 more in failures.csv');
      expect(part).not.toMatch(/@example/);
    }
  });

  it('brings the files that were asked for, as far as they fit', async () => {
    await writeFile(join(stage.folder, 'failures.csv'), 'change\r\n');
    await writeFile(join(stage.folder, 'report.xlsx'), Buffer.alloc(9_999_993));
    await writeFile(join(stage.folder, 'manifest.json'), '{}');
    const service = await stage.service([
      mail.target({ attach: ['failures.csv', 'report.xlsx', 'manifest.json', 'matches.csv'] }),
    ]);
    await service.store({ ...DAY, content: stage.slot() });
    await service.deliverFresh(signal);
    const [received] = mail.mails;
    expect(received!.attachments.map(({ filename, size }) => [filename, size])).toEqual([
      ['failures.csv', 8],
      ['manifest.json', 2],
    ]);
    expect(received!.text).toMatch(/Not attached, because .* 10 MB: report\.xlsx/);
  });
});

describe('a target that fails', () => {
  it('is tried three times and holds up no other', async () => {
    chat.respond = { status: 503 };
    const service = await stage.service([chat.target(), mail.target()]);
    await service.store({ ...DAY, content: stage.slot() });
    const tried = await service.deliverFresh(signal);
    expect(Object.fromEntries(tried.map(({ target, error }) => [target, error]))).toEqual({
      chat: 'HTTP 503',
      finance: null,
    });
    expect(await outcomes()).toEqual({
      chat: ['WAITING', 3, 'HTTP 503'],
      finance: ['DELIVERED', 1, null],
    });
    expect(new Set(chat.received.map(({ id }) => id)).size).toBe(1);
    expect(await service.undelivered('default')).toHaveLength(1);
  });

  it('gets the report later under the same id, although everything was killed between the attempts', async () => {
    const { port } = mail;
    await Promise.all([mail.close(), chat.close()]);
    const before = await stage.service([mail.target(), chat.target()], { waitsMs: [] });
    await before.store({ ...DAY, content: stage.slot() });
    await before.deliverFresh(signal);
    expect(await outcomes()).toEqual({
      finance: ['WAITING', 1, expect.stringContaining('ECONNREFUSED')],
      chat: ['WAITING', 1, 'connection failed (ECONNREFUSED)'],
    });
    await chat.open();
    mail = await MailServer.start({}, port);
    // Another process, as after a restart. What was tried just now is not due yet.
    const after = await stage.service([mail.target(), chat.target()]);
    await after.deliverDue(signal);
    expect([mail.mails.length, chat.received.length]).toEqual([0, 0]);
    await stage.database.query(
      "UPDATE payout_link_report_delivery SET next_attempt_at = now() - interval '1 s'",
    );
    await after.deliverDue(signal);
    await after.deliverDue(signal);
    const ids = (await stage.rows()).map(({ message_id: id }) => id);
    expect([mail.mails.map(({ messageId }) => messageId), chat.received.map(({ id }) => id)]).toEqual([
      [`<${ids[0]}@example.com>`],
      [ids[1]],
    ]);
  });

  it('is resumed when the process that tried it was killed, and not before', async () => {
    const service = await stage.service([chat.target()]);
    await service.store({ ...DAY, content: stage.slot() });
    await stage.database.query(
      "UPDATE payout_link_report_delivery SET lease_expires_at = now() + interval '1 min', attempts = 1, lease_fence = 1",
    );
    const [tried] = await service.deliver(await service.undelivered(null), signal);
    expect([tried!.error, chat.received]).toEqual(['another process is trying it', []]);
    await stage.database.query(
      "UPDATE payout_link_report_delivery SET lease_expires_at = now() - interval '1 s'",
    );
    await service.deliverDue(signal);
    expect(await outcomes()).toEqual({ chat: ['DELIVERED', 2, null] });
  });

  it('is left alone by serve after three days, and still undelivered', async () => {
    await chat.close();
    const service = await stage.service([chat.target()], { waitsMs: [] });
    await service.store({ ...DAY, content: stage.slot() });
    await stage.database.query(
      "UPDATE payout_link_report_delivery SET created_at = now() - interval '3 days', next_attempt_at = now()",
    );
    await service.deliverDue(signal);
    await stage.database.query(
      "UPDATE payout_link_report_delivery SET next_attempt_at = next_attempt_at - interval '1 d'",
    );
    await chat.open();
    await service.deliverDue(signal);
    expect(chat.received).toEqual([]);
    expect(await service.deliver(await service.undelivered(null), signal)).toEqual([
      expect.objectContaining({ error: null }),
    ]);
  });

  it('does not count once it is removed from the settings', async () => {
    await chat.close();
    const service = await stage.service([chat.target()], { waitsMs: [] });
    await service.store({ ...DAY, content: stage.slot() });
    await service.deliverFresh(signal);
    const without = await stage.service([mail.target()]);
    expect([await service.undelivered(null), await without.undelivered(null)]).toEqual([
      [expect.objectContaining({ target: 'chat' })],
      [],
    ]);
  });

  it('gets no redirect followed', async () => {
    const other = await WebhookReceiver.start();
    chat.respond = { status: 307, headers: { location: (other.target() as { url: string }).url } };
    const service = await stage.service([chat.target()], { waitsMs: [] });
    await service.store({ ...DAY, content: stage.slot() });
    const [tried] = await service.deliverFresh(signal);
    await other.close();
    expect([tried!.error, other.received]).toEqual(['HTTP 307: redirects are not followed', []]);
  });

  it.each([
    ['speaks no STARTTLS', [], 'ETLS'],
    ['has a certificate that no one vouches for', ['AUTH'], 'certificate'],
  ])(
    'gets nothing without TLS, when it is not on this machine and %s',
    async (_, disabledCommands, error) => {
      const elsewhere = await MailServer.start({
        disabledCommands: error === 'ETLS' ? ['STARTTLS'] : disabledCommands,
      });
      const smtpUrl = `smtp://user:hunter2@0.0.0.0:${elsewhere.port}`;
      const service = await stage.service([elsewhere.target({ smtpUrl })], { waitsMs: [] });
      await service.store({ ...DAY, content: stage.slot() });
      const [tried] = await service.deliverFresh(signal);
      await elsewhere.close();
      expect(tried!.error).toContain(error);
      expect(tried!.error).not.toContain('hunter2');
      expect(elsewhere.mails).toEqual([]);
    },
  );

  it('says why it refuses a wrong password, without the password', async () => {
    const strict = await MailServer.start({
      authOptional: false,
      onAuth: ({ password }, _, done) => done(new Error(`Invalid username or password ${password}`)),
      allowInsecureAuth: true,
    });
    const smtpUrl = `smtp://user%40example.com:hunter2@127.0.0.1:${strict.port}`;
    const service = await stage.service([strict.target({ smtpUrl })], { waitsMs: [] });
    await service.store({ ...DAY, content: stage.slot() });
    const [tried] = await service.deliverFresh(signal);
    await strict.close();
    expect(tried!.error).toMatch(/EAUTH 535 .*Invalid username or password/);
    expect(tried!.error).not.toMatch(/hunter2|user@/);
  });

  it('that refuses one of two addresses keeps the mail of the other, and only the refused one is tried again', async () => {
    mail.refused.add('Gone@example.com');
    const target = mail.target({ to: ['finance@example.com', 'Gone <Gone@EXAMPLE.com>'] });
    const service = await stage.service([target], { waitsMs: [0] });
    await service.store({ ...DAY, content: stage.slot() });
    const [tried] = await service.deliverFresh(signal);
    expect(tried!.error).toMatch(/G\*\*\*@example\.com/);
    expect(tried!.error).not.toContain('Gone@');
    expect(mail.mails.map(({ recipients }) => recipients)).toEqual([['finance@example.com']]);
    const [row] = await stage.rows();
    expect([row!.state, row!.attempts, row!.addresses_left]).toEqual(['WAITING', 2, ['Gone@example.com']]);

    mail.refused.clear();
    await service.deliver(await service.undelivered(null), signal);
    expect(mail.mails.map(({ recipients }) => recipients)).toEqual([
      ['finance@example.com'],
      ['Gone@example.com'],
    ]);
    expect(new Set(mail.mails.map(({ messageId }) => messageId)).size).toBe(1);
  });
});

describe('many deliveries', () => {
  it('reach a good target at once, whatever the others do', async () => {
    chat.respond = 'never';
    const good = await WebhookReceiver.start();
    const stopping = new AbortController();
    const service = await stage.service([chat.target(), good.target({ name: 'good' })]);
    for (let day = 1; day <= 9; day += 1)
      await service.store({ ...DAY, date: `2026-11-0${day}`, content: stage.slot() });
    const delivered = service.deliverFresh(stopping.signal);
    // Received is not enough: a response that is still on its way when the run stops counts as not delivered.
    await until('the good target has all, and the rows say so', async () => {
      const rows = await stage.database.query(
        `SELECT 1 FROM payout_link_report_delivery WHERE state = 'DELIVERED' AND target = 'good'`,
      );
      return rows.length === 9;
    });
    expect(good.received).toHaveLength(9);
    // What is in progress is handed back, and nothing waits for it.
    stopping.abort();
    const failed = (await delivered).filter(({ error }) => error !== null);
    await good.close();
    expect(failed.map(({ target }) => target)).toEqual(Array.from({ length: 9 }, () => 'chat'));
    const rows = await stage.database.query<{ attempts: number; free: boolean }>(
      `SELECT attempts, lease_expires_at IS NULL AND next_attempt_at <= now() AS free FROM payout_link_report_delivery
       WHERE state = 'WAITING'`,
    );
    expect(rows).toEqual(Array.from({ length: 9 }, () => ({ attempts: 0, free: true })));
  });
});

describe('a database that fails while reports are delivered', () => {
  it('is named in the outcome, and ends nothing', async () => {
    const service = await stage.service([chat.target()], { waitsMs: [] });
    await service.store({ ...DAY, content: stage.slot() });
    const rename = (from: string, to: string) => stage.database.query(`ALTER TABLE ${from} RENAME TO ${to}`);
    await rename('payout_link_report_delivery', 'away');
    const [tried] = await service.deliverFresh(signal);
    await rename('away', 'payout_link_report_delivery');
    expect(tried!.error).toMatch(/^the database failed meanwhile \(.*\), so it may arrive twice$/);
  });
});

describe('a stored delivery', () => {
  it('holds no secret', async () => {
    const service = await stage.service([
      chat.target(),
      mail.target({ smtpUrl: 'smtp://user:hunter2@127.0.0.1:9' }),
    ]);
    await service.store({ ...DAY, content: stage.slot({}, 1) });
    await service.deliverFresh(signal);
    const text = JSON.stringify(await stage.rows());
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain(SECRET);
  });
});
