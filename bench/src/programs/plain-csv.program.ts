import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import pg from 'pg';
import QueryStream from 'pg-query-stream';
import { serveCommands, settings } from './commands.js';
import { peakMemory } from './peak-memory.js';

const { databaseUrl, file } = settings() as { databaseUrl: string; file: string };
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();

serveCommands({
  write: async () => {
    const startedAt = performance.now();
    const rows = client.query(new QueryStream('SELECT * FROM plain_failure'));
    await pipeline(rows, stringify({ header: true }), createWriteStream(file, { flags: 'wx', flush: true }));
    return { seconds: (performance.now() - startedAt) / 1_000, peakBytes: peakMemory() };
  },
});
