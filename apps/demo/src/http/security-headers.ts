import { createHash } from 'node:crypto';
import type { SecurityHeadersOptions } from '@nestjs/common';
import { PAGE_STYLE } from '../style/page.style.js';

const styleHash = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** For all responses: no scripts, no frames, only the operations pages' own style sheet. */
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
  // Only the proxy that terminates TLS can promise that.
  strictTransportSecurity: false,
  // With `no-referrer`, browsers send our own forms with the origin `null`.
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
