// Loaded before a program (`node --import`): at SIGUSR2 it collects garbage and writes the live heap, in bytes, to the
// file named by HEAP_FILE.
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

process.on('SIGUSR2', () => {
  // What finalizers free is only collected the second time.
  collectGarbage();
  setTimeout(() => {
    collectGarbage();
    writeFileSync(`${process.env.HEAP_FILE}.new`, String(process.memoryUsage().heapUsed));
    renameSync(`${process.env.HEAP_FILE}.new`, process.env.HEAP_FILE);
  }, 200);
});
