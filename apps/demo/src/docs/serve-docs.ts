import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { RequestHandler } from 'express';
import { DOCS_CONTENT_SECURITY_POLICY } from '../http/security-headers.js';
import { nullsSpelledOut } from './open-api-31.js';
import { WEBHOOK_PATH } from 'nestjs-payout-links';
import { WEBHOOK_OPERATION } from './webhook.operation.js';

const DESCRIPTION = `Xendit Payout Links, hosted by the demo of nestjs-payout-links.

Every error has the same shape, \`{ "error": { "code", "message", "details"? } }\`; programs go by \`code\`. Creating is safe
to repeat: the same call again gets the same payout link, never a second payout. After 202 make the same call again.`;

/** Serves the OpenAPI page at `/docs`, its document at `/docs-json`. */
export function serveDocs(app: NestExpressApplication): void {
  const ownPolicy: RequestHandler = (_, response, next) => {
    response.setHeader('Content-Security-Policy', DOCS_CONTENT_SECURITY_POLICY);
    next();
  };
  app.use('/docs', ownPolicy);
  SwaggerModule.setup('docs', app, () => documentOf(app), {
    customSiteTitle: 'Payout links API',
    customCss: '.swagger-ui .opblock-body { overflow-x: auto }',
    swaggerOptions: { validatorUrl: null, defaultModelsExpandDepth: 0 },
  });
}

function documentOf(app: NestExpressApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Payout links')
      .setDescription(DESCRIPTION)
      .setVersion('0.1.0')
      .addSecurity('bearer', {
        type: 'http',
        scheme: 'bearer',
        description: 'DEMO_API_KEY, where one is set',
      })
      .addSecurity('callbackToken', {
        type: 'apiKey',
        in: 'header',
        name: 'x-callback-token',
        description: 'one of XENDIT_WEBHOOK_TOKENS',
      })
      .addSecurityRequirements('bearer')
      .build(),
  );
  document.paths[WEBHOOK_PATH] = { post: WEBHOOK_OPERATION };
  return nullsSpelledOut(document);
}
