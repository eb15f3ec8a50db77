import { isLoopback, type EmailTarget } from 'app-runtime';
import { maskEmails } from 'nestjs-payout-links/unstable';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import { mailOf } from '../mail/mail.js';
import { attachmentsOf } from '../mail/attachments.js';
import { ATTEMPT_MS, type Message, type Sent } from './message.js';
import { timeLimit } from './time-limit.js';

/** Sends one mail to all addresses; those that were refused are left for the next attempt. */
export async function sendMail(target: EmailTarget, message: Message): Promise<Sent> {
  const transport = createTransport(transportOf(target.smtpUrl));
  const limit = timeLimit(message.signal);
  try {
    const sent = transport.sendMail(await mailFor(target, message));
    // A late failure must not become an unhandled rejection.
    sent.catch(() => undefined);
    const { rejected } = await Promise.race([sent, aborted(limit.signal)]);
    if (rejected.length === 0) return { ok: true };
    // As the library writes them, which is not always as they were configured.
    const addressesLeft = rejected.map(String);
    const named = addressesLeft.map(maskEmails).join(', ');
    return { ok: false, error: `refused by the mail server: ${named}`, addressesLeft };
  } catch (error) {
    return { ok: false, error: withoutPassword(reasonOf(error), target.smtpUrl) };
  } finally {
    limit.end();
    transport.close();
  }
}

async function mailFor(
  { from, to, attach = [], link }: EmailTarget,
  { id, content, language, addresses }: Message,
): Promise<SendMailOptions> {
  const { attached, ...notAttached } = await attachmentsOf(content, attach);
  return {
    from,
    // All of them in the header: the same mail, also when only one address still has to get it.
    to,
    envelope: { from, to: [...(addresses ?? to)] },
    messageId: `<${id}@${domainOf(from)}>`,
    ...mailOf(content, { language, link, notAttached }),
    attachments: attached,
  };
}

/** Rejects with the signal's reason when it is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    const stop = () => fail(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** TLS from the first byte, or by STARTTLS before anything is said; without it only on this machine. */
function transportOf(smtpUrl: string): SMTPTransport.Options {
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'smtps:';
  const local = !secure && isLoopback(host);
  return {
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !local,
    ignoreTLS: local,
    ...(username !== '' && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    connectionTimeout: ATTEMPT_MS / 3,
    greetingTimeout: ATTEMPT_MS / 3,
    socketTimeout: ATTEMPT_MS,
    // Reads no file and fetches nothing for the content of a mail.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** `b` of `A <a@b>`. */
function domainOf(from: string): string {
  return from.replace(/>\s*$/, '').split('@').at(-1)!;
}

function reasonOf(error: unknown): string {
  const { code, responseCode, message } = error as { code?: string; responseCode?: number; message?: string };
  const text = maskEmails((message ?? 'failed').split('\n')[0]!);
  return [code, responseCode, text].filter((part) => part !== undefined).join(' ');
}

/** A mail server may repeat what it was given. */
function withoutPassword(text: string, smtpUrl: string): string {
  const { password } = new URL(smtpUrl);
  if (password === '') return text;
  return [password, decodeURIComponent(password)].reduce(
    (rest, secret) => rest.replaceAll(secret, '***'),
    text,
  );
}
