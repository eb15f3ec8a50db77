import { writeFileSync } from 'node:fs';
import { peakMemory } from './peak-memory.js';

// Loaded before a program (`node --import`): leaves in a file what it had resident at most.
process.on('exit', () => writeFileSync(process.env.PEAK_MEMORY_FILE!, String(peakMemory())));
