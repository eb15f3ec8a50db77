import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const COOKIE_VALUE = /^[\w-]{43}$/;

/** CSRF tokens: a form's token belongs to the browser's cookie and can only be computed with the secret. */
export class FormTokens {
  private constructor(private readonly secret: Buffer) {}

  /** Processes with the same API key accept each other's forms; without a key a form is valid for one process. */
  static of(apiKey: string | undefined): FormTokens {
    return new FormTokens(
      apiKey === undefined ? randomBytes(32) : createHmac('sha256', apiKey).update('page forms').digest(),
    );
  }

  /** An unguessable cookie value. */
  newCookie(): string {
    return randomBytes(32).toString('base64url');
  }

  /** The token of forms shown to the browser with this cookie. */
  tokenFor(cookie: string): string {
    return createHmac('sha256', this.secret).update(cookie).digest('base64url');
  }

  /** Whether a form's token belongs to the cookie sent with it; compares in constant time. */
  belongs(token: unknown, cookie: string | undefined): boolean {
    if (typeof token !== 'string' || cookie === undefined) return false;
    const [given, wanted] = [Buffer.from(token), Buffer.from(this.tokenFor(cookie))];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

const NAME = 'payout_links_form';

/** The value of our cookie in a request's header; undefined when it is missing or malformed. */
export function formCookieIn(header: string | undefined): string | undefined {
  const pair = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${NAME}=`));
  const value = pair?.slice(NAME.length + 1);
  return value !== undefined && COOKIE_VALUE.test(value) ? value : undefined;
}

/** Scripts cannot read it, and browsers do not send it with requests from other sites. */
export function formCookieHeader(value: string): string {
  return `${NAME}=${value}; Path=/; HttpOnly; SameSite=Strict`;
}
