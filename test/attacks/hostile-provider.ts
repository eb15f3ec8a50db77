import { gzipSync } from 'node:zlib';
import type { PassedResponse, ReturnedResponse } from '../support/provider.proxy.js';

/** A response that no honest provider gives, or hardly ever. */
export interface HostileResponse {
  name: string;
  /** What is returned instead of the real response; `hang` and `reset` return none. */
  replace: (real: Real) => ReturnedResponse | 'hang' | 'reset';
  /** It gives another valid id: only a read by that id can show it. */
  misleads?: true;
  /** It says clearly that nothing was carried out: lying about that is beyond what anyone can notice. */
  refuses?: true;
}

/** The real response, and its body parsed. */
interface Real extends PassedResponse {
  fields: Record<string, unknown>;
}

const WIDE = '漢'.repeat(2_000);
const LONE_SURROGATE = 'a\ud800b';
const deepList = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const deepObject = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

const json = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const body = (name: string, text: string | Buffer): HostileResponse => ({
  name: `a body that is ${name}`,
  replace: (real) => ({ ...real, body: text }),
});
const field = (name: string, value: unknown, what = JSON.stringify(value)): HostileResponse => ({
  name: `${name} ${what.slice(0, 40)}`,
  replace: (real) => ({ ...real, body: json({ ...real.fields, [name]: value }) }),
});
const raw = (name: string, text: string): HostileResponse => ({
  name,
  replace: (real) => ({ ...real, body: `${json(real.fields).slice(0, -1)},${text}}` }),
});
const status = (
  code: number,
  text: unknown = '',
  { headers = {}, refuses }: { headers?: Record<string, string>; refuses?: true } = {},
): HostileResponse => ({
  name: `status ${code} with ${json(text).slice(0, 40)} ${json(headers).slice(0, 60)}`,
  replace: ({ headers: real }) => ({
    status: code,
    headers: { ...real, ...headers },
    body: json(text),
  }),
  ...(refuses && { refuses }),
});
const refusal = (code: number, text: unknown) => status(code, text, { refuses: true });
const limited = (reset: string) =>
  status(
    429,
    { error_code: 'RATE_LIMIT_EXCEEDED' },
    { headers: { 'rate-limit-reset': reset }, refuses: true },
  );

const VALIDATION = 'API_VALIDATION_ERROR';

/** Responses about a payout link. */
export const HOSTILE_RESPONSES: readonly HostileResponse[] = [
  body('empty', ''),
  body('null', 'null'),
  body('a list', '[]'),
  body('a text', '"text"'),
  body('an empty object', '{}'),
  body('cut off', '{"id":"1","exte'),
  body('NUL characters', '\0'.repeat(100)),
  body('no UTF-8', Buffer.from([0xff, 0xfe, 0x80, 0x7b, 0x7d])),
  body('HTML', '<html><body>blocked</body></html>'),
  body('6 000 lists deep', deepList(6_000)),
  body('100 000 lists deep', deepList(100_000)),
  body('6 000 objects deep', deepObject(6_000)),
  body('longer than is read', `{"a":"${'x'.repeat(1_100_000)}"}`),
  raw('a link with 6 000 levels beside it', `"more":${deepObject(6_000)}`),
  raw('a link with 200 levels beside it', `"more":${deepList(200)}`),
  { ...raw('a link with its id twice', '"id":"another"'), misleads: true },
  raw('a link with inherited names', '"__proto__":{"a":1},"constructor":null,"hasOwnProperty":1,"toJSON":1'),
  raw('a link with NUL in a text', '"note":"a\\u0000b"'),
  raw('a link with half a character in a text', '"note":"a\\ud800b"'),
  raw('a link with a number beyond doubles', '"note":1e999'),
  ...['../balance', 'a/b?c#d', '__proto__'].map((id) => ({ ...field('id', id), misleads: true as const })),
  ...['', ' ', '\0', '.', '..', 'x'.repeat(256), LONE_SURROGATE, 5, null].map((id) => field('id', id)),
  field('id', WIDE, 'of 2 000 wide characters'),
  field('id', ['a'], 'in a list'),
  field('id', { id: 'a' }, 'in an object'),
  ...['', ' ', 'another', 5, null, WIDE].map((id) => field('external_id', id)),
  ...[0, -1, 1.5, 1e21, '1e5', '0x10', '50_000', ' 50000', '', null, true, [50_000], 2 ** 53, 1].map(
    (amount) => field('amount', amount),
  ),
  ...['', ' ', null, 5, WIDE, 'constructor', '__proto__', 'NEW_WORD', '\0', LONE_SURROGATE, ['PENDING']].map(
    (word) => field('status', word),
  ),
  ...[
    'yesterday',
    '9999-99-99T00:00:00Z',
    '0000-00-00T00:00:00Z',
    '0000-01-01T00:00:00Z',
    1e99,
    {},
    [],
    '',
  ].flatMap((time) => [field('expiration_timestamp', time), field('created', time)]),
  ...[{}, [], 5, 'javascript:alert(1)', 'x'.repeat(3_000), '\0'].map((url) => field('payout_url', url)),
  field('disbursement_id', WIDE, 'of 2 000 wide characters'),
  field('email', `${'a'.repeat(5_000)}@example.com`, 'of 5 000 characters'),
  status(200, { error_code: 'SERVER_ERROR', message: 'sorry' }),
  status(200, { errors: [[[[[]]]]] }),
  status(202, ''),
  status(204),
  status(206, '{"id":"1"}'),
  ...[301, 302, 307, 308].map((code) => status(code, '', { headers: { location: 'http://127.0.0.1:1/' } })),
  status(304),
  status(399, 'what'),
  status(400, ''),
  status(400, '<html>blocked</html>'),
  status(400, `{"errors":[${deepList(6_000)}]}`),
  status(401, '<html>sign in</html>'),
  status(403, ''),
  status(404, 'not here'),
  status(408, { error_code: 'REQUEST_TIMEOUT', message: 'slow' }),
  refusal(400, { error_code: VALIDATION, message: 'x'.repeat(100_000) }),
  refusal(400, { error_code: VALIDATION, errors: Array.from({ length: 5_000 }, (_, n) => ({ path: [n] })) }),
  refusal(400, { error_code: VALIDATION, errors: [null, 5, [], {}, [[[]]], 'a@example.com is wrong'] }),
  refusal(400, { error_code: 'constructor', message: 'siti@example.com is wrong' }),
  refusal(400, { error_code: WIDE, message: 'wide' }),
  refusal(409, { error_code: 'A'.repeat(255), message: '\0' }),
  refusal(418, { error: 'a teapot' }),
  refusal(451, { message: LONE_SURROGATE }),
  refusal(499, { validation: { errors: [{ field: 'a', message: 'b' }] }, message: 'c' }),
  ...['0', '-1', '59', '1795000000', '86400', '1e308', 'Infinity', 'NaN', '', 'soon'].map(limited),
  ...[500, 501, 502, 503, 504, 520, 599].map((code) =>
    status(code, { error_code: 'SERVER_ERROR', message: 'x' }),
  ),
  status(503, '', { headers: { 'retry-after': '99999999999' } }),
  status(700, 'what'),
  status(999, ''),
  { name: 'no gzip although it says so', replace: (real) => encoded(real, 'gzip', real.body) },
  { name: 'an encoding that was not asked for', replace: (real) => encoded(real, 'zstd', real.body) },
  { name: 'a gzip bomb', replace: (real) => encoded(real, 'gzip', gzipSync(Buffer.alloc(50_000_000))) },
  {
    name: 'a header of 40 kB',
    replace: (real) => ({ ...real, headers: { ...real.headers, 'x-long': 'x'.repeat(40_000) } }),
  },
  { name: 'a connection that is reset', replace: () => 'reset' },
  { name: 'silence', replace: () => 'hang' },
];

function encoded(real: Real, encoding: string, bytes: string | Buffer): ReturnedResponse {
  return { ...real, headers: { ...real.headers, 'content-encoding': encoding }, body: bytes };
}

/** The hostile response instead of the real one; throws for a reset, and never returns for silence. */
export async function replaced(attack: HostileResponse, real: PassedResponse): Promise<ReturnedResponse> {
  let fields: Record<string, unknown> = {};
  try {
    fields = JSON.parse(real.body) as Record<string, unknown>;
  } catch {
    // A real response that is not JSON is replaced as it is.
  }
  const response = attack.replace({ ...real, fields });
  if (response === 'hang') return new Promise(() => undefined);
  if (response === 'reset') throw new Error('reset');
  return response;
}
