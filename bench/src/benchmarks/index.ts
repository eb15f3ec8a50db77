import type { Benchmark } from '../benchmark.js';
import { create } from './create.benchmark.js';
import { due } from './due.benchmark.js';
import { failuresCsv } from './failures-csv.benchmark.js';
import { packed } from './package.benchmark.js';
import { pollChanged, pollUnchanged } from './poll.benchmark.js';
import { reportSet } from './report-set.benchmark.js';
import { start } from './start.benchmark.js';
import { webhook } from './webhook.benchmark.js';
import { webhookWorked } from './webhook-worked.benchmark.js';

/** In the order in which they run: the quick ones first. */
export const BENCHMARKS: readonly Benchmark[] = [
  packed,
  start,
  webhook,
  webhookWorked,
  create,
  pollUnchanged,
  pollChanged,
  failuresCsv,
  reportSet,
  due,
];
