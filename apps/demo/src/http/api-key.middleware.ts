import { ForbiddenException, UnauthorizedException } from '@nestjs/common';
import { isLoopback } from 'app-runtime';
import type { IncomingMessage } from 'node:http';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { isPage } from './page.paths.js';
import { isWebhook } from './webhook.path.js';

const HEALTH = /^\/health(\/|$)/i;
const METRICS = /^\/metrics\/?$/i;
const FORWARDED = /^(forwarded|x-forwarded-.*)$/;

/**
 * Requires the key: as a bearer token, on pages as the password of HTTP Basic too. Without a configured key, only
 * requests from this machine are accepted, and only under its own names: another name may be a site that rebinds
 * its DNS to this machine. Health checks are public, metrics to programs on this machine; the webhook has its own tokens.
 */
export function apiKeyMiddleware(key: string | undefined): RequestHandler {
  const wanted = key === undefined ? undefined : digest(key);
  return (request, response, next) => {
    if (HEALTH.test(request.path) || isWebhook(request.path)) return next();
    if (wanted !== undefined && METRICS.test(request.path) && isFromHere(request)) return next();
    if (wanted === undefined) {
      // Without the port.
      if (isLoopback((request.headers.host ?? '').replace(/:\d+$/, ''))) return next();
      return next(new ForbiddenException('without DEMO_API_KEY the demo responds to localhost only'));
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

/** Not through a proxy on this machine, which may serve anyone. */
function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return isLoopback(address) && !Object.keys(headers).some((name) => FORWARDED.test(name));
}

function keyIn(authorization: string, takesPassword: boolean): string | undefined {
  const [, scheme, credentials] = /^(bearer|basic) +(\S+)$/i.exec(authorization.trim()) ?? [];
  if (scheme?.toLowerCase() === 'bearer') return credentials;
  if (!takesPassword || credentials === undefined) return undefined;
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}

/** Digests have equal length, so comparing them reveals nothing about the key's length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
