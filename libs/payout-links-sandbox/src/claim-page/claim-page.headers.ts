import { createHash } from 'node:crypto';
import { CLAIM_PAGE_STYLE } from './claim-page.style.js';

const styleHash = createHash('sha256').update(CLAIM_PAGE_STYLE).digest('base64');

/** Headers of every response of the page: no scripts, no frames, no caching, only its own style sheet. */
export const CLAIM_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};
