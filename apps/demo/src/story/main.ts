import { openDatabase, openSandbox, readConfiguration, runProgram, type Program } from 'app-runtime';
import { DemoClient, type Link } from './demo.client.js';
import { CAST, type Part } from './cast.js';
import { match, reconcile, startDemo } from './programs.js';
import { describeFailures, describeMatch, statusTable } from './summary.js';
import { SandboxControl } from './sandbox.control.js';
import { storyRefusals } from './story-refusals.js';

const THREE_DAYS_MS = 3 * 24 * 60 * 60_000;
const EXPIRED_BY_THEN_MS = 60_000;
const AT_A_TIME = 8;
const SHARE_OF_WEBHOOKS_LOST = 0.4;

await runProgram(runDemo);

/** The whole flow over HTTP: create, claim, fail, void, expire, lose webhooks, reconcile, report. */
async function runDemo(program: Program): Promise<number> {
  const configuration = readConfiguration(process.env);
  storyRefusals(configuration);
  const startedAt = performance.now();
  program.own(await openDatabase({ url: configuration.databaseUrl, log: say }));
  say('opening the sandbox');
  const sandbox = program.own(await openSandbox());
  const control = new SandboxControl(sandbox.url);
  say('starting the demo');
  const demo = program.own(await startDemo());
  say(`demo at ${demo.url}, sandbox at ${sandbox.url}`);
  const api = new DemoClient(demo.url, configuration.demoApiKey);
  const before = await control.setWebhooks({
    url: `${demo.url}/webhooks/xendit/payout-links`,
    drop: SHARE_OF_WEBHOOKS_LOST,
  });
  program.own({ close: () => control.setWebhooks(before) });

  const story = `demo-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
  await play(api, control, story);

  const date = new Intl.DateTimeFormat('en-CA', { timeZone: configuration.reportTimezone }).format(
    new Date(),
  );
  say(`reconciling ${date}`);
  const { runs, exitCode } = await reconcile(date);
  const result = runs.at(-1);
  if (exitCode !== 0 || !result) {
    console.error(`the reconciler ended with exit code ${exitCode}`);
    return exitCode === 0 ? 1 : exitCode;
  }
  say("comparing the day with the provider's statement");
  const statement = await match(date);
  const links = await api.find(story);
  const { coverage } = result;
  console.log(`\n${statusTable(links)}\n`);
  console.log(`${describeFailures(links)}\n`);
  console.log(
    `${coverage.read} of ${coverage.open} open links read, totals ${result.footed ? 'balanced' : 'DO NOT BALANCE'}; ` +
      `done in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`,
  );
  console.log(describeMatch(statement));
  await program.close();
  console.log(`report: ${result.reportSet}`);
  return 0;
}

async function play(api: DemoClient, control: SandboxControl, story: string): Promise<void> {
  const create = async (part: Part, index: number): Promise<Link | undefined> =>
    api.create(`${story}-${String(index + 1).padStart(2, '0')}`, part.amount);
  const links = new Map<Part, Link | undefined>();
  const cast = CAST.map((part, index) => ({ part, index }));

  // Only these expire: they are created with the clock three days back.
  const offsetMs = (await control.now()).getTime() - Date.now();
  const moveClock = (shiftMs: number) => control.setClock(new Date(Date.now() + offsetMs + shiftMs));
  const expiring = cast.filter(({ part }) => part.plot === 'expire');
  say(`creating ${expiring.length} links three days ago, which expire now`);
  try {
    await moveClock(-THREE_DAYS_MS);
    await each(expiring, async ({ part, index }) => links.set(part, await create(part, index)));
    await moveClock(EXPIRED_BY_THEN_MS);
  } finally {
    await moveClock(0);
  }

  const others = cast.filter(({ part }) => part.plot !== 'expire');
  say(`creating ${others.length} links`);
  await each(others, async ({ part, index }) => links.set(part, await create(part, index)));

  say('recipients claim; some of the webhooks get lost');
  const passcodes = await control.passcodes();
  await each(cast, async ({ part }) => {
    const link = links.get(part);
    if (!link?.providerId || !link.payoutUrl) return;
    const passcode = passcodes.get(link.providerId)!;
    if (part.plot === 'claim') await control.claim(link.payoutUrl, passcode, part.accountNumber!);
    if (part.plot === 'void') await api.void(link.id);
    if (part.plot === 'wrong passcodes') {
      for (let attempt = 0; attempt < 3; attempt += 1) await control.claim(link.payoutUrl, 'wrong', '1');
    }
  });
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
}

function say(text: string): void {
  console.log(`· ${text}`);
}
