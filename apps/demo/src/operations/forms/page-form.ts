import {
  createParamDecorator,
  ForbiddenException,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { formCookieHeader, formCookieIn, FormTokens } from './form-tokens.js';

/** The form field that holds the token. */
export const TOKEN_FIELD = 'form_token';

/** Accepts only forms of our own pages. Credentials prove nothing here: browsers send them automatically. */
@Injectable()
export class PageFormGuard implements CanActivate {
  constructor(private readonly tokens: FormTokens) {}

  /** @throws ForbiddenException */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const token = (request.body as Record<string, unknown> | undefined)?.[TOKEN_FIELD];
    if (this.tokens.belongs(token, formCookieIn(request.headers.cookie))) return true;
    throw new ForbiddenException('this form is not from one of our pages, or the page is too old');
  }
}

/** Provides pages with what their forms need. */
@Injectable()
export class PageForms {
  constructor(private readonly tokens: FormTokens) {}

  /** The token for the forms of a page; sets its cookie if the browser has none yet. */
  tokenOf(request: Request, response: Response): string {
    let cookie = formCookieIn(request.headers.cookie);
    if (cookie === undefined) {
      cookie = this.tokens.newCookie();
      response.append('Set-Cookie', formCookieHeader(cookie));
    }
    return this.tokens.tokenFor(cookie);
  }
}

/** The fields of a submitted form; a repeated or missing one is empty. */
export const FormFields = createParamDecorator((_: unknown, context: ExecutionContext): FormValues => {
  const body = context.switchToHttp().getRequest<Request>().body as Record<string, unknown> | undefined;
  return new FormValues(body ?? {});
});

/** The submitted values. */
export class FormValues {
  constructor(private readonly body: Record<string, unknown>) {}

  /** Trimmed; empty when missing. */
  text(name: string): string {
    const value = Object.hasOwn(this.body, name) ? this.body[name] : undefined;
    return typeof value === 'string' ? value.trim() : '';
  }
}
