import { answerTo, settings } from './answering.js';
import { atATime } from './at-a-time.js';
import { callsTo } from './provider.js';

const { providerUrl } = settings() as { providerUrl: string };
const provider = callsTo(providerUrl);

answerTo({
  /** Reads each once and keeps nothing. @returns seconds */
  read: ({ ids, atOnce }: { ids: string[]; atOnce: number }) =>
    atATime(atOnce, ids.length, (index) => provider.get(`/payouts/${ids[index]!}`)),
});
