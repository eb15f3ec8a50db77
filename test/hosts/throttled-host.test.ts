import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { WEBHOOK_PATH } from 'nestjs-payout-links';
import { HostStage } from './ordinary-host.js';

const CHILD = fileURLToPath(new URL('./throttled-host.mjs', import.meta.url));

let stage: HostStage;
let child: ChildProcess;
beforeEach(async () => {
  stage = await HostStage.open();
});
afterEach(async () => {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
  await stage.close();
});

it.each([
  [true, [200, 200, 200]],
  [false, [200, 429, 429]],
])('a throttled host that skips the webhook (%j) responds with %j', async (skips, statuses) => {
  const { apiKey, webhookToken, url: baseUrl } = stage.sandbox;
  const settings = { databaseUrl: stage.database.url, skips, apiKey, webhookTokens: [webhookToken], baseUrl };
  child = fork(CHILD, [JSON.stringify(settings)], { stdio: 'inherit' });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const seen: number[] = [];
  for (const index of [1, 2, 3]) {
    const body = JSON.stringify({ event: `test ${index}` });
    seen.push((await stage.post(url + WEBHOOK_PATH, body, { 'x-callback-token': webhookToken })).status);
  }
  expect(seen).toEqual(statuses);
});
