import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { RequestHandler } from 'express';
import { DOCS_CONTENT_SECURITY_POLICY } from '../gate/security-headers.js';

/** The OpenAPI page at `/docs`, its document at `/docs-json`. */
export function serveDocs(app: NestExpressApplication): void {
  const ownPolicy: RequestHandler = (_, response, next) => {
    response.setHeader('Content-Security-Policy', DOCS_CONTENT_SECURITY_POLICY);
    next();
  };
  app.use('/docs', ownPolicy);
  const document = () =>
    SwaggerModule.createDocument(
      app,
      new DocumentBuilder()
        .setTitle('Payout links')
        .setDescription('Xendit Payout Links, hosted by the demo of nestjs-payout-links.')
        .setVersion('0.1.0')
        .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'DEMO_API_KEY' })
        .addSecurityRequirements('bearer')
        .build(),
    );
  SwaggerModule.setup('docs', app, document, {
    customSiteTitle: 'Payout links API',
    customCss: '.swagger-ui .opblock-body { overflow-x: auto }',
    swaggerOptions: { validatorUrl: null, defaultModelsExpandDepth: 0 },
  });
}
