import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PayoutLinksError, type PayoutLink } from 'nestjs-payout-links';
import { FULL } from '../proofs/size.js';
import { until } from '../support/until.js';
import { LibraryStage } from '../payout-links/library.stage.js';
import { HOSTILE_RESPONSES, replaced, type HostileResponse } from './hostile-provider.js';

const AT_A_TIME = 40;
/** Two attempts, so that there is a first one and one after it. */
const HTTP = { connectTimeoutMs: 5_000, attemptTimeoutMs: 3_000, attempts: 2, totalTimeoutMs: 20_000 };

/** When the response to a request is hostile. */
interface Moment {
  name: string;
  /** Whether the real provider carries the request out first. */
  carriedOut: boolean;
  /** Only the first attempt, or every one. */
  once: boolean;
}

const MOMENTS: readonly Moment[] = [
  { name: 'the first attempt, carried out', carriedOut: true, once: true },
  { name: 'every attempt, carried out', carriedOut: true, once: false },
  { name: 'the first attempt, not carried out', carriedOut: false, once: true },
  { name: 'every attempt, not carried out', carriedOut: false, once: false },
];

/** The moments of a response; in every test run one of them, and of the next response another one. */
function momentsOf({ refuses }: HostileResponse, index: number): readonly Moment[] {
  const possible = MOMENTS.filter(({ carriedOut }) => !(carriedOut && refuses));
  return FULL ? possible : [possible[index % possible.length]!];
}

interface Case {
  name: string;
  attack: HostileResponse;
  moment: Moment;
  /** In the path or body of the requests of this case. */
  key: string;
  seen: number;
}

describe('a hostile provider', () => {
  let stage: LibraryStage;
  const cases = new Map<string, Case>();
  beforeAll(async () => {
    stage = await LibraryStage.open({ http: HTTP, poolSize: 10 }, { rateLimit: 1_000_000 });
    stage.proxy.respondTo = async ({ method, path, body }, forward) => {
      const keyed =
        /^\/payouts\/([^/?]+)/.exec(path)?.[1] ?? (JSON.parse(body) as { external_id: string }).external_id;
      const found = cases.get(`${method} ${keyed}`);
      if (!found || (found.moment.once && found.seen > 0)) return forward();
      found.seen += 1;
      const real = found.moment.carriedOut
        ? await forward()
        : { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
      return replaced(found.attack, real);
    };
  });
  afterAll(() => stage.close());

  const casesOf = (route: string): Case[] =>
    HOSTILE_RESPONSES.flatMap((attack, index) =>
      momentsOf(attack, index).map((moment) => ({
        name: `${route}: ${attack.name}; ${moment.name}`,
        attack,
        moment,
        key: '',
        seen: 0,
      })),
    );

  /** Runs the work on every case, and returns those that went wrong, with what was wrong. */
  const wrong = async (
    all: readonly Case[],
    work: (one: Case, index: number) => Promise<string | null | undefined>,
  ) => {
    const problems: string[] = [];
    const left = [...all.entries()];
    const next = async () => {
      for (let item = left.pop(); item; item = left.pop()) {
        const [index, one] = item;
        const problem = await work(one, index).catch((error: unknown) => `throws ${String(error)}`);
        if (problem !== undefined && problem !== null) problems.push(`${one.name}: ${problem}`);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, next));
    return problems;
  };
  const outcome = async (call: Promise<PayoutLink>): Promise<PayoutLink | PayoutLinksError> => {
    try {
      return await call;
    } catch (error) {
      if (!(error instanceof PayoutLinksError)) throw error;
      expect(error.message).not.toContain('siti@');
      expect(error.message).not.toContain(stage.sandbox.apiKey);
      return error;
    }
  };

  it('leaves every create settled or unconfirmed, rejected only when nothing was made, and payable once', async () => {
    const all = casesOf('create');
    const problems = await wrong(all, async (one, index) => {
      one.key = `create-${index}`;
      cases.set(`POST ${one.key}`, one);
      await outcome(stage.create(one.key));
      cases.delete(`POST ${one.key}`);
      const { status } = await stage.service.getByExternalId(one.key);
      return ['PENDING', 'UNCONFIRMED', 'REJECTED', 'UNKNOWN'].includes(status) ? null : `is ${status}`;
    });
    expect(problems).toEqual([]);

    const made = new Map((await stage.payouts()).map((payout) => [payout.external_id, payout]));
    const settled = await wrong(all, async ({ key, attack }) => {
      const link = await stage.service.getByExternalId(key);
      const payout = made.get(key);
      if (attack.misleads && link.status === 'PENDING' && link.providerId !== payout?.id) {
        await outcome(stage.service.refresh(link.id));
        return (await isReportedMissing(link)) ? null : 'has the id of no payout, which is not reported';
      }
      if (link.status === 'REJECTED') return payout && `is REJECTED, and was made as ${payout.id}`;
      if (link.status === 'UNCONFIRMED' && payout) await stage.service.adopt(link.id, payout.id);
      else if (link.status === 'UNCONFIRMED')
        // One attempt a call: on a busy machine one may take too long.
        await until(`${key} is settled`, async () => (await stage.create(key)).status === 'PENDING');
      const { status, providerId } = await stage.service.refresh(link.id);
      return status === 'PENDING' && (payout === undefined || payout.id === providerId)
        ? null
        : `was ${link.status}, and ends as ${status} with the id ${providerId}, made as ${payout?.id}`;
    });
    expect(settled).toEqual([]);
    const sent = new Map<string, Set<string>>();
    for (const { externalId, values } of stage.proxy.creates())
      sent.set(externalId, (sent.get(externalId) ?? new Set()).add(values));
    expect([...sent].filter(([, values]) => values.size > 1)).toEqual([]);
  });

  const isReportedMissing = async ({ id }: PayoutLink): Promise<boolean> =>
    (await stage.count(
      `payout_link_discrepancy WHERE type = 'MISSING_AT_PROVIDER' AND payout_link_id = '${id}'`,
    )) > 0;

  it('never moves a link by an unusable response to a read or a void, and the next read is right', async () => {
    for (const route of ['read', 'void'] as const) {
      const method = route === 'read' ? 'GET' : 'POST';
      const all = casesOf(route);
      // Before any attack, which may keep this machine too busy for a create.
      const links: PayoutLink[] = [];
      for (const index of all.keys()) links.push(await stage.create(`${route}-${index}`));
      const problems = await wrong(all, async (one, index) => {
        const link = links[index]!;
        one.key = link.providerId!;
        cases.set(`${method} ${one.key}`, one);
        await outcome(route === 'read' ? stage.service.refresh(link.id) : stage.service.void(link.id));
        cases.delete(`${method} ${one.key}`);
        const { providerId } = await stage.service.get(link.id);
        const { status, externalId } = await stage.service.refresh(link.id);
        const payout = await stage.caller.read(link.providerId!);
        if (providerId !== link.providerId) return `has the id ${providerId}`;
        return status === payout.status && externalId === link.externalId
          ? null
          : `is ${status}, at the provider ${payout.status}`;
      });
      expect(problems).toEqual([]);
    }
  });

  it('cannot settle a create with the id of another link, at once or later', async () => {
    const first = await stage.create('theirs');
    stage.proxy.respondTo = async (_, forward) => {
      const { body, ...rest } = await forward();
      return {
        ...rest,
        status: 200,
        body: JSON.stringify({
          ...(JSON.parse(body) as object),
          id: first.providerId,
          external_id: 'ours',
          amount: 50_000,
          status: 'PENDING',
        }),
      };
    };
    for (let times = 0; times < 2; times += 1)
      expect(await stage.create('ours')).toMatchObject({ status: 'UNCONFIRMED', providerId: null });
  });
});
