import { writeFileSync } from 'node:fs';
import { peakMemory } from './peak-memory.js';

// Loaded before a program (`node --import`): writes its peak resident memory to a file.
process.on('exit', () => writeFileSync(process.env.PEAK_MEMORY_FILE!, String(peakMemory())));
