// Loaded before a program (`node --import`): writes its peak memory to the file named by PEAK_MEMORY_FILE: resident,
// and live (what remains when garbage is collected every few seconds).
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
let live = 0;
function look() {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  live = Math.max(live, heapUsed + external);
}
setInterval(look, 3_000).unref();

process.on('exit', () => {
  const { maxRSS } = process.resourceUsage();
  look();
  writeFileSync(process.env.PEAK_MEMORY_FILE, JSON.stringify({ resident: maxRSS * 1024, live }));
});
