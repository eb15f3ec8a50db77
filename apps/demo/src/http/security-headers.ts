import { createHash } from 'node:crypto';
import type { SecurityHeadersOptions } from '@nestjs/common';
import { PAGE_STYLE } from '../style/page.style.js';

const styleHash = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** For every answer: no scripts, no frames, only the operations page's own style sheet. */
export const SECURITY_HEADERS: SecurityHeadersOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: [`'sha256-${styleHash}'`],
      imgSrc: ['data:'],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  xFrameOptions: { action: 'deny' },
  // Only whoever ends TLS in front of the demo can promise that.
  strictTransportSecurity: false,
  // With `no-referrer` a browser would call the origin of our own forms `null`.
  referrerPolicy: { policy: 'same-origin' },
};

/** The OpenAPI page runs its own scripts, sets styles from them, and calls the API. */
export const DOCS_CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join(';');
