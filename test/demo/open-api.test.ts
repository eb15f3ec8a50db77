import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoStage } from './demo.stage.js';
import { COMMITTED, Contract, type OpenApi } from './open-api.contract.js';

describe('the OpenAPI document', () => {
  let stage: DemoStage;
  let document: OpenApi;
  beforeAll(async () => {
    stage = await DemoStage.open();
    document = (await stage.demo.get<OpenApi>('/docs-json')).body;
  });
  afterAll(() => stage.close());

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        route: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );

  it('is the one that is committed (UPDATE_OPENAPI=1 writes it)', async () => {
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (process.env.UPDATE_OPENAPI) await writeFile(COMMITTED, text);
    expect(text).toBe(await readFile(COMMITTED, 'utf8'));
  });

  it('knows every route', () => {
    expect(operations().map(({ route }) => route)).toEqual(
      expect.arrayContaining([
        'GET /health/live',
        'GET /health/ready',
        'GET /payout-links',
        'GET /payout-links/{id}',
        'GET /payout-links/{id}/history',
        'POST /payout-links',
        'POST /payout-links/{id}/adopt',
        'POST /payout-links/{id}/refresh',
        'POST /payout-links/{id}/reissue',
        'POST /payout-links/{id}/void',
        'POST /webhooks/xendit/payout-links',
      ]),
    );
  });

  it('has an example for every body of the API, in words that the schema allows', () => {
    const faults = [...new Contract(document).examples()].map(({ fault }) => fault);
    expect(faults.filter(Boolean)).toEqual([]);
    expect(faults.length).toBeGreaterThan(100);
    const without = operations()
      .filter(({ route }) => /\/(payout-links)/.test(route))
      .flatMap(({ route, operation }) =>
        [['request', operation.requestBody], ...Object.entries(operation.responses)]
          .filter(
            ([, body]) => body !== undefined && !hasExamples(body as { content?: Record<string, object> }),
          )
          .map(([what]) => `${route} ${what as string}`),
      );
    expect(without).toEqual([]);
  });

  it('names for each status the codes that it can have', () => {
    const codes = (route: string, status: number) => {
      const { responses } = operations().find((one) => one.route === route)!.operation;
      return Object.keys(responses[status]!.content!['application/json']!.examples!);
    };
    expect(codes('POST /payout-links', 422)).toEqual(['INSUFFICIENT_BALANCE', 'PAYOUT_REJECTED']);
    expect(codes('POST /payout-links/{id}/void', 409)).toEqual(['PAYOUT_LINK_NOT_VOIDABLE']);
    expect(codes('POST /payout-links/{id}/reissue', 409)).toEqual(['DUPLICATE_PAYOUT', 'REISSUE_REFUSED']);
    expect(codes('GET /payout-links/{id}', 503)).toEqual(['DATABASE_UNAVAILABLE']);
    expect(codes('POST /payout-links/{id}/refresh', 503)).toEqual(['RATE_LIMITED', 'DATABASE_UNAVAILABLE']);
  });

  it('refuses what it does not allow', () => {
    const contract = new Contract(document);
    const link = { error: { code: 'ADOPT_REFUSED', message: 'x' } };
    expect(contract.faultOf('POST', '/payout-links/x/void', 409, link)).toContain('must be equal to one of');
    expect(contract.faultOf('GET', '/payout-links', 200, { items: [{}], nextCursor: null })).toContain(
      'required',
    );
    expect(contract.faultOf('GET', '/payout-links/x', 418, {})).toContain('not documented');
    expect(contract.faultOf('GET', '/nowhere', 404, {})).toBeNull();
  });

  it('says that every key of a payout link is always there', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.schemas.PayoutLinkResponse!.required).toHaveLength(16);
    expect(Object.keys(document.components.schemas.CreatePayoutLinkDto!.properties!)).toEqual([
      'externalId',
      'amount',
      'email',
      'metadata',
    ]);
  });

  it('has a page that brings all it needs', async () => {
    const { text } = await stage.demo.get('/docs');
    const parts = [...text.matchAll(/(?:src|href)="\.\/(docs\/[^"]+)"/g)].map(([, path]) => path!);
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect((await stage.demo.get(`/${part}`)).status).toBe(200);
  });
});

function hasExamples({ content }: { content?: Record<string, { examples?: object }> }): boolean {
  return Object.keys(content?.['application/json']?.examples ?? {}).length > 0;
}
