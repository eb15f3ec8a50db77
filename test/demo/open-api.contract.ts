import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isEmail } from 'class-validator';

/** The committed document. */
export const COMMITTED = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url));

interface Media {
  schema?: object;
  examples?: Record<string, { value: unknown }>;
}
interface Operation {
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media>; headers?: object }>;
}
/** The parts of an OpenAPI document that the tests read. */
export interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { required?: string[]; properties?: object }> };
}

/** Validates requests and responses against an OpenAPI 3.1 document, whose schemas are JSON Schema. */
export class Contract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly routes: { method: string; path: string; pattern: RegExp; operation: Operation }[];

  constructor(document: OpenApi) {
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.ajv);
    // The API's own definition of an e-mail address: it accepts more than the package's.
    this.ajv.addFormat('email', (text: string) => isEmail(text));
    this.ajv.addSchema({ $id: 'document', ...document });
    this.routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i'),
        operation,
      })),
    );
  }

  static committed(): Contract {
    return new Contract(JSON.parse(readFileSync(COMMITTED, 'utf8')) as OpenApi);
  }

  /** Why a response does not conform to the document; null when the route is not in it. */
  faultOf(method: string, path: string, status: number, body: unknown): string | null {
    const route = this.routes.find((one) => one.method === method && one.pattern.test(path.split('?')[0]!));
    if (!route) return null;
    const where = `${method} ${route.path} ${status}`;
    const schema = route.operation.responses[status]?.content?.['application/json']?.schema;
    if (!schema) return `${where} is not documented`;
    return this.mismatch(where, schema, body);
  }

  /** Each example, and its fault. */
  *examples(): Generator<{ where: string; fault: string | null }> {
    for (const { method, path, operation } of this.routes) {
      const bodies: [string, Record<string, Media> | undefined][] = [
        ['request', operation.requestBody?.content],
        ...Object.entries(operation.responses).map(
          ([status, { content }]) => [status, content] as [string, Record<string, Media> | undefined],
        ),
      ];
      for (const [what, content] of bodies)
        for (const [name, { value }] of Object.entries(content?.['application/json']?.examples ?? {})) {
          const where = `${method} ${path} ${what}`;
          const { schema } = content!['application/json']!;
          yield { where: `${where} ${name}`, fault: this.mismatch(where, schema!, value) };
        }
    }
  }

  private mismatch(where: string, schema: object, value: unknown): string | null {
    let validate = this.validators.get(where);
    if (!validate) {
      const within = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object;
      this.validators.set(where, (validate = this.ajv.compile(within)));
    }
    return validate(value) ? null : `${where}: ${this.ajv.errorsText(validate.errors)}`;
  }
}
