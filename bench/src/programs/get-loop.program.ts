import { serveCommands, settings } from './commands.js';
import { atATime } from './at-a-time.js';
import { callsTo } from './provider.js';

const { providerUrl, apiKey } = settings() as { providerUrl: string; apiKey: string };
const provider = callsTo(providerUrl, apiKey);

serveCommands({
  /** Reads each once and stores nothing. @returns seconds */
  read: ({ ids, atOnce }: { ids: string[]; atOnce: number }) =>
    atATime(atOnce, ids.length, (index) => provider.get(`/payouts/${ids[index]!}`)),
});
