// Loaded before a program (`node --import`): leaves what it took at most in the file that PEAK_MEMORY_FILE names.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS } = process.resourceUsage();
  writeFileSync(process.env.PEAK_MEMORY_FILE, String(maxRSS * 1024));
});
