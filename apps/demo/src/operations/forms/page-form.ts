import {
  createParamDecorator,
  ForbiddenException,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { formCookieHeader, formCookieIn, FormTokens } from './form-tokens.js';

/** The field of every form that holds its token. */
export const TOKEN_FIELD = 'form_token';

/** Lets only forms of our own pages through. Credentials prove nothing here: a browser sends them by itself. */
@Injectable()
export class PageFormGuard implements CanActivate {
  constructor(private readonly tokens: FormTokens) {}

  /** @throws ForbiddenException */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const token = (request.body as Record<string, unknown> | undefined)?.[TOKEN_FIELD];
    if (this.tokens.belongs(token, formCookieIn(request.headers.cookie))) return true;
    throw new ForbiddenException('this form did not come from a page of ours, or the page is too old');
  }
}

/** Gives whoever looks at a page what its forms need to be taken. */
@Injectable()
export class PageForms {
  constructor(private readonly tokens: FormTokens) {}

  /** The token for the forms of a page; its cookie goes along where the browser has none yet. */
  tokenOf(request: Request, response: Response): string {
    let cookie = formCookieIn(request.headers.cookie);
    if (cookie === undefined) {
      cookie = this.tokens.newCookie();
      response.append('Set-Cookie', formCookieHeader(cookie));
    }
    return this.tokens.tokenFor(cookie);
  }
}

/** The fields of a form that was sent; one that came twice, or not at all, is empty. */
export const FormFields = createParamDecorator((_: unknown, context: ExecutionContext): FormValues => {
  const body = context.switchToHttp().getRequest<Request>().body as Record<string, unknown> | undefined;
  return new FormValues(body ?? {});
});

/** What somebody filled in. */
export class FormValues {
  constructor(private readonly body: Record<string, unknown>) {}

  /** Without space around it; empty where there is none. */
  text(name: string): string {
    const value = Object.hasOwn(this.body, name) ? this.body[name] : undefined;
    return typeof value === 'string' ? value.trim() : '';
  }
}
