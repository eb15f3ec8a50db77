import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const COOKIE_VALUE = /^[\w-]{43}$/;

/**
 * What tells a form of our own pages from one that another site made: a token that belongs to the browser's cookie, and
 * that only who has the secret can make.
 */
export class FormTokens {
  private constructor(private readonly secret: Buffer) {}

  /** Processes with one API key take each other's forms; without a key a form is good for one process. */
  static of(apiKey: string | undefined): FormTokens {
    return new FormTokens(
      apiKey === undefined ? randomBytes(32) : createHmac('sha256', apiKey).update('page forms').digest(),
    );
  }

  /** A value for a cookie that nobody can guess. */
  newCookie(): string {
    return randomBytes(32).toString('base64url');
  }

  /** The token of the forms that are shown to who has this cookie. */
  tokenFor(cookie: string): string {
    return createHmac('sha256', this.secret).update(cookie).digest('base64url');
  }

  /** Whether a form's token belongs to the cookie that came with it; takes as long for every wrong one. */
  belongs(token: unknown, cookie: string | undefined): boolean {
    if (typeof token !== 'string' || cookie === undefined) return false;
    const [given, wanted] = [Buffer.from(token), Buffer.from(this.tokenFor(cookie))];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

const NAME = 'payout_links_form';

/** The cookie of our forms among those of a request; undefined where it is missing or not one of ours. */
export function formCookieIn(header: string | undefined): string | undefined {
  const pair = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${NAME}=`));
  const value = pair?.slice(NAME.length + 1);
  return value !== undefined && COOKIE_VALUE.test(value) ? value : undefined;
}

/** No script reads it, and no other site's page makes a browser send it. */
export function formCookieHeader(value: string): string {
  return `${NAME}=${value}; Path=/; HttpOnly; SameSite=Strict`;
}
