import { isLoopback, type EmailTarget } from 'app-runtime';
import { maskEmails } from 'nestjs-payout-links/unstable';
import { createTransport } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import { mailOf } from '../mail/mail.js';
import { attachmentsOf } from '../mail/attachments.js';
import { ATTEMPT_MS, type Message, type Sent } from './message.js';

/** Sends one mail to all addresses; those that were refused are left for the next attempt. */
export async function sendMail(target: EmailTarget, message: Message): Promise<Sent> {
  const transport = createTransport(transportOf(target.smtpUrl));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, give) => {
    timer = setTimeout(() => give(new Error(`no response within ${ATTEMPT_MS / 1_000} s`)), ATTEMPT_MS);
  });
  try {
    const attachments = await attachmentsOf(message.content, target.attach ?? []);
    const mail = mailOf(message.content, {
      language: message.language,
      link: target.link,
      notAttached: attachments,
    });
    const to = [...(message.addresses ?? target.to)];
    const sent = transport.sendMail({
      from: target.from,
      // All of them in the header: the same mail, also when only one address still has to get it.
      to: target.to,
      envelope: { from: target.from, to },
      messageId: `<${message.id}@${domainOf(target.from)}>`,
      ...mail,
      attachments: attachments.attached,
    });
    // A late failure must not become an unhandled rejection.
    sent.catch(() => undefined);
    const { rejected } = await Promise.race([sent, late]);
    if (rejected.length === 0) return { ok: true };
    const left = rejected.map(String);
    return {
      ok: false,
      error: `refused by the mail server: ${left.map(maskEmails).join(', ')}`,
      addressesLeft: to.filter((address) => left.includes(bare(address))),
    };
  } catch (error) {
    return { ok: false, error: reasonOf(error) };
  } finally {
    clearTimeout(timer);
    transport.close();
  }
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

/** `a@b` of `A <a@b>`. */
function bare(address: string): string {
  return /<([^<>]+)>\s*$/.exec(address)?.[1] ?? address;
}

function domainOf(from: string): string {
  return bare(from).split('@').at(-1)!;
}

function reasonOf(error: unknown): string {
  const { code, responseCode, message } = error as { code?: string; responseCode?: number; message?: string };
  const text = maskEmails((message ?? 'failed').split('\n')[0]!);
  return [code, responseCode, text].filter((part) => part !== undefined).join(' ');
}
