import { describe, expect, it } from '@jest/globals';
import { formCookieHeader, formCookieIn, FormTokens } from './form-tokens.js';

describe('the token of a form', () => {
  const tokens = FormTokens.of(undefined);
  const cookie = tokens.newCookie();
  const token = tokens.tokenFor(cookie);

  it('belongs to the cookie it was made for, and to no other', () => {
    expect(tokens.belongs(token, cookie)).toBe(true);
    expect(tokens.belongs(token, tokens.newCookie())).toBe(false);
  });

  it.each([
    ['missing', undefined],
    ['no text', [token]],
    ['empty', ''],
    ['the cookie itself', cookie],
    ['cut short', token.slice(1)],
    ['longer', `${token}x`],
  ])('is refused when it is %s', (_, given) => {
    expect(tokens.belongs(given, cookie)).toBe(false);
  });

  it('is refused without a cookie', () => {
    expect(tokens.belongs(token, undefined)).toBe(false);
  });

  it('is good in every process with the same key, and in no other', () => {
    const [one, same, another] = ['key', 'key', 'other'].map((key) => FormTokens.of(key));
    expect(same!.belongs(one!.tokenFor(cookie), cookie)).toBe(true);
    expect(another!.belongs(one!.tokenFor(cookie), cookie)).toBe(false);
    expect(FormTokens.of(undefined).belongs(token, cookie)).toBe(false);
  });

  it('comes with a cookie that is found among others, unless it was forged', () => {
    const header = formCookieHeader(cookie);
    expect(header).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(formCookieIn(`a=1; ${header.split(';')[0]}; b=2`)).toBe(cookie);
    for (const other of [undefined, '', 'payout_links_form=', 'payout_links_form=short', `x${header}`])
      expect(formCookieIn(other)).toBeUndefined();
  });
});
