import { ForbiddenException, UnauthorizedException } from '@nestjs/common';
import { isLoopback } from 'app-runtime';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { isPage } from './page.paths.js';
import { isWebhook } from './webhook.path.js';

const HEALTH = /^\/health(\/|$)/i;

/**
 * Lets in only who has the key: as a bearer token, on pages as the password of HTTP Basic too. Without a key everybody on
 * this machine is let in, by its own name only: another name may be a site's that makes a browser take this machine for
 * its own. Health and the webhook, which has tokens of its own, are for all.
 */
export function apiKeyMiddleware(key: string | undefined): RequestHandler {
  const wanted = key === undefined ? undefined : digest(key);
  return (request, response, next) => {
    if (HEALTH.test(request.path) || isWebhook(request.path)) return next();
    if (wanted === undefined) {
      // Without the port.
      if (isLoopback((request.headers.host ?? '').replace(/:\d+$/, ''))) return next();
      return next(new ForbiddenException('without DEMO_API_KEY the demo answers to localhost alone'));
    }
    const forPeople = isPage(request.path);
    const given = keyIn(request.headers.authorization ?? '', forPeople);
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return next();
    response.setHeader(
      'WWW-Authenticate',
      forPeople ? 'Basic realm="payout links", charset="UTF-8"' : 'Bearer realm="payout links"',
    );
    next(new UnauthorizedException('the API key is missing or wrong'));
  };
}

function keyIn(authorization: string, takesPassword: boolean): string | undefined {
  const [, scheme, credentials] = /^(bearer|basic) +(\S+)$/i.exec(authorization.trim()) ?? [];
  if (scheme?.toLowerCase() === 'bearer') return credentials;
  if (!takesPassword || credentials === undefined) return undefined;
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}

/** Digests are of one length, so that comparing tells nothing about the key's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
