import type { Figure } from '../figure.js';
import { create } from './create.figure.js';
import { due } from './due.figure.js';
import { failuresCsv } from './failures-csv.figure.js';
import { packed } from './package.figure.js';
import { pollChanged, pollUnchanged } from './poll.figure.js';
import { reportSet } from './report-set.figure.js';
import { start } from './start.figure.js';
import { webhook } from './webhook.figure.js';
import { webhookWorked } from './webhook-worked.figure.js';

/** In the order in which they are measured: the quick ones first. */
export const FIGURES: readonly Figure[] = [
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
