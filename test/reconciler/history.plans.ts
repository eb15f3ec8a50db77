import fc from 'fast-check';
import { FAILED_STATUSES, type PayoutLinkStatus } from 'nestjs-payout-links';
import type { Change, LinkHistory } from './histories.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Midnight in `Asia/Jakarta`, where every day has 24 hours. */
const START = Date.parse('2026-03-01T17:00:00Z');

/** A closed slot; a provisional one ends at its as-of, an open one waits for late reads and is closed again. */
export interface PlannedSlot {
  date: string;
  end: Date;
  asOf: Date;
  provisional: boolean;
  open?: boolean;
}

/** The history of an account: its links with all their changes, and its slots in the order in which they ran. */
export class PlannedAccount {
  constructor(
    readonly name: string,
    readonly slots: readonly PlannedSlot[],
    readonly links: readonly LinkHistory[],
  ) {}

  /** How a counterexample is printed. */
  [fc.toStringMethod](): string {
    const slots = this.slots.map(
      ({ date, end, asOf, provisional, open }) =>
        `  slot ${date}${provisional ? ' provisional' : ''}${open ? ' open' : ''}: ends ${hour(end)}, as of ${hour(asOf)}`,
    );
    const links = this.links.map(({ externalId, amount, replaces, changes, imported, writeOffs = [] }) =>
      [
        `  ${externalId} ${amount}${imported ? ', imported' : ''}${replaces ? `, replaces ${replaces}` : ''}: ${changes.map(describe).join('; ')}`,
        ...writeOffs.map(({ after, at }) => `written off ${hour(at)} as ${changes[after - 1]!.to}`),
      ].join('; '),
    );
    return `account ${this.name}\n${[...slots, ...links].join('\n')}\n`;
  }
}

/** A time as `day 2 04:00`: days begin at midnight of the reports, the first slot is day 0. */
function hour(at: Date): string {
  const minutes = Math.round((at.getTime() - START) / MINUTE);
  const [day, rest] = [Math.floor(minutes / 1_440), ((minutes % 1_440) + 1_440) % 1_440];
  const two = (number: number) => String(number).padStart(2, '0');
  return `day ${day} ${two(Math.floor(rest / 60))}:${two(rest % 60)}`;
}

function describe({ to, recordedAt, occurredAt, foundInSlotTo, failureCode }: Change): string {
  return [
    to,
    failureCode,
    `recorded ${hour(recordedAt)}`,
    occurredAt && `of ${hour(occurredAt)}`,
    foundInSlotTo && `found by the run of the slot to ${hour(foundInSlotTo)}`,
  ]
    .filter(Boolean)
    .join(' ');
}

interface PlannedRun {
  /** More than a day: the next runs were missed too, and are made up for one after the other. */
  closedAfter: number;
  provisionalAfter: number | null;
  /** Runs before that one which could not read everything: how much of the time until then had passed. */
  openAt: number[];
}

interface Step {
  /** Which of the statuses that can follow. */
  choice: number;
  after: number;
  /** How long before it was recorded it happened, by the provider; null if the provider gave no time. */
  reportedBefore: number | null;
  foundByRun: boolean;
  /** If it is a failure then, an operator writes it off. */
  writtenOffAfter: number | null;
}

interface Link {
  amount: number;
  /** The status in which the first link of a chain is imported; null: it is created here. */
  imported: PayoutLinkStatus | null;
  steps: Step[];
  reissuedAfter: number;
}

interface Plan {
  runs: PlannedRun[];
  chains: { from: number; links: Link[] }[];
}

const OUTCOMES: PayoutLinkStatus[] = ['SUCCEEDED', 'FAILED', 'EXPIRED', 'VOIDED', 'REVERSED'];
/** The statuses that can follow; in an order that makes counterexamples simpler. */
const FOLLOWING: Record<PayoutLinkStatus, readonly PayoutLinkStatus[]> = {
  CREATING: ['PENDING', 'REJECTED', 'UNCONFIRMED', 'REQUESTED', 'UNKNOWN', ...OUTCOMES],
  UNCONFIRMED: ['PENDING', 'REQUESTED', 'UNKNOWN', ...OUTCOMES],
  PENDING: ['REQUESTED', 'UNKNOWN', ...OUTCOMES],
  UNKNOWN: ['PENDING', 'REQUESTED', ...OUTCOMES],
  REQUESTED: OUTCOMES,
  SUCCEEDED: ['REVERSED', 'FAILED', 'EXPIRED', 'VOIDED'],
  FAILED: ['FAILED', 'SUCCEEDED', 'EXPIRED', 'VOIDED', 'REVERSED'],
  EXPIRED: ['SUCCEEDED', 'FAILED', 'VOIDED', 'REVERSED'],
  VOIDED: ['SUCCEEDED', 'FAILED', 'EXPIRED', 'REVERSED'],
  REVERSED: ['REVERSED', 'SUCCEEDED', 'FAILED', 'EXPIRED', 'VOIDED'],
  // Sent again by its caller, or adopted in whatever status the provider has it.
  REJECTED: ['CREATING', 'PENDING', 'REQUESTED', 'SUCCEEDED', 'FAILED'],
};
const CODES = ['INSUFFICIENT_BALANCE', 'INVALID_DESTINATION', 'TEMPORARY_TRANSFER_ERROR', 'NOT_IN_CATALOGUE'];
const FAILURES: readonly PayoutLinkStatus[] = FAILED_STATUSES;
const REISSUABLE: readonly PayoutLinkStatus[] = [...FAILED_STATUSES, 'VOIDED'];

const plannedRun = fc.record<PlannedRun>({
  closedAfter: fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: 8 }), weight: 3 },
    fc.integer({ min: 9, max: 60 }),
  ),
  provisionalAfter: fc.option(fc.integer({ min: 1, max: 23 }), { freq: 2 }),
  openAt: fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 2 }),
});
const step = fc.record<Step>({
  choice: fc.nat({ max: 59 }),
  after: fc.oneof({ arbitrary: fc.integer({ min: 0, max: 6 }), weight: 3 }, fc.integer({ min: 7, max: 40 })),
  reportedBefore: fc.option(fc.integer({ min: 0, max: 48 }), { freq: 2 }),
  foundByRun: fc.boolean(),
  writtenOffAfter: fc.option(fc.integer({ min: 0, max: 30 }), { freq: 2 }),
});
const link = fc.record<Link>({
  amount: fc.integer({ min: 10_000, max: 99_999 }),
  imported: fc.oneof(
    { arbitrary: fc.constant(null), weight: 5 },
    fc.constantFrom<PayoutLinkStatus>('PENDING', 'REQUESTED', 'UNKNOWN', ...OUTCOMES),
  ),
  steps: fc.array(step, { maxLength: 6 }),
  reissuedAfter: fc.integer({ min: 0, max: 30 }),
});

/** Histories of one or two accounts over a few slots. */
export function plannedAccounts(): fc.Arbitrary<PlannedAccount[]> {
  const plan = fc.record<Plan>({
    runs: fc.array(plannedRun, { minLength: 1, maxLength: 5 }),
    chains: fc.array(
      fc.record({
        from: fc.integer({ min: -30, max: 110 }),
        links: fc.array(link, { minLength: 1, maxLength: 3 }),
      }),
      { maxLength: 30, size: 'max' },
    ),
  });
  return fc
    .array(plan, { minLength: 1, maxLength: 2 })
    .map((plans) => plans.map((one, index) => carryOut('ab'[index]!, one)));
}

function carryOut(name: string, { runs, chains }: Plan): PlannedAccount {
  const finished = finishedSlots(runs);
  const slots = [...finished, ...openSlots(runs, finished), ...provisionalSlots(runs, finished)].toSorted(
    (one, other) => one.asOf.getTime() - other.asOf.getTime(),
  );
  const links = chains.flatMap(({ from, links: linked }, chain) => {
    const histories: LinkHistory[] = [];
    let beginsAt: number | null = START + from * HOUR;
    for (const [index, planned] of linked.entries()) {
      if (beginsAt === null) break;
      const later = linked[index + 1] ? planned.reissuedAfter : null;
      const imported = index === 0 ? planned.imported : null;
      const lived = live({ ...planned, imported }, beginsAt, later, finished);
      const externalId = `pay-${chain}`;
      histories.push({
        account: name,
        externalId: index === 0 ? externalId : `${externalId}-r${index}`,
        amount: BigInt(planned.amount),
        email: `${externalId}@example.com`,
        ...(index > 0 && { replaces: histories[index - 1]!.externalId }),
        changes: lived.changes,
        ...(imported && { imported: true }),
        writeOffs: lived.writeOffs,
      });
      beginsAt = lived.reissuedAt;
    }
    return histories;
  });
  return new PlannedAccount(name, slots, links);
}

function finishedSlots(runs: readonly PlannedRun[]): PlannedSlot[] {
  const slots: PlannedSlot[] = [];
  for (const [day, { closedAfter }] of runs.entries()) {
    const end = START + (day + 1) * 24 * HOUR;
    const before = slots.at(-1)?.asOf.getTime() ?? -Infinity;
    const asOf = new Date(Math.max(end + closedAfter * HOUR, before + MINUTE));
    slots.push({ date: dateOf(day), end: new Date(end), asOf, provisional: false });
  }
  return slots;
}

/** Runs that leave their slot open: after its end and the slot before, and before the run that seals it. */
function openSlots(runs: readonly PlannedRun[], finished: readonly PlannedSlot[]): PlannedSlot[] {
  return runs.flatMap(({ openAt }, day) => {
    const slot = finished[day]!;
    const from = Math.max(slot.end.getTime(), finished[day - 1]?.asOf.getTime() ?? -Infinity);
    return openAt.map((share) => ({
      ...slot,
      asOf: new Date(from + Math.floor(((slot.asOf.getTime() - from) * share) / 100)),
      open: true,
    }));
  });
}

/** A run of today: it would finish missing dates first, so it is provisional only when there are none. */
function provisionalSlots(runs: readonly PlannedRun[], finished: readonly PlannedSlot[]): PlannedSlot[] {
  return runs.flatMap(({ provisionalAfter }, day) => {
    if (provisionalAfter === null) return [];
    const now = new Date(START + (day * 24 + provisionalAfter) * HOUR);
    const done = finished.filter(({ asOf }) => asOf < now).length;
    return done === 0 || done === day ? [{ date: dateOf(day), end: now, asOf: now, provisional: true }] : [];
  });
}

function dateOf(day: number): string {
  return new Date(START + day * 24 * HOUR + 12 * HOUR).toISOString().slice(0, 10);
}

/** Applies the steps; returns when its successor begins, if it has one. */
function live(
  { steps, reissuedAfter, imported }: Link,
  beginsAt: number,
  wanted: number | null,
  finished: readonly PlannedSlot[],
): { changes: Change[]; writeOffs: { after: number; at: Date }[]; reissuedAt: number | null } {
  const changes: Change[] = [
    {
      to: imported ?? 'CREATING',
      recordedAt: new Date(beginsAt),
      ...(imported && { source: 'OPERATOR' }),
      ...(imported && FAILURES.includes(imported) && { failureCode: CODES[0] }),
    },
  ];
  const writeOffs: { after: number; at: Date }[] = [];
  let reissuedAt: number | null = null;
  for (const { choice, after, reportedBefore, foundByRun, writtenOffAfter } of steps) {
    const { to: from, recordedAt: previous, failureCode } = changes.at(-1)!;
    let at = previous.getTime() + after * HOUR;
    if (wanted !== null && reissuedAt === null && REISSUABLE.includes(from)) {
      const reissue = previous.getTime() + reissuedAfter * HOUR;
      if (reissue <= at) reissuedAt = reissue;
    }
    // A create with a successor is not sent again, and nothing is adopted in its place.
    if (from === 'REJECTED' && reissuedAt !== null) break;
    const to = FOLLOWING[from][choice % FOLLOWING[from].length]!;
    const run = foundByRun ? finished.find(({ asOf }) => asOf.getTime() >= at) : undefined;
    const ofCreate = to === 'CREATING' || to === 'REJECTED' || to === 'UNCONFIRMED';
    if (run && !ofCreate) at = run.asOf.getTime();
    const occurredAt = ofCreate || reportedBefore === null ? undefined : new Date(at - reportedBefore * HOUR);
    const code = CODES[(CODES.indexOf(failureCode ?? '') + 1) % CODES.length];
    changes.push({
      to,
      recordedAt: new Date(at),
      ...(occurredAt && { occurredAt }),
      ...(run && !ofCreate && { foundInSlotTo: run.end }),
      ...(['FAILED', 'REJECTED', 'REVERSED'].includes(to) && { failureCode: code }),
      ...(to === 'EXPIRED' && { failureCode: 'EXPIRED_UNCLAIMED' }),
    });
    if (writtenOffAfter !== null && FAILURES.includes(to))
      writeOffs.push({ after: changes.length, at: new Date(at + writtenOffAfter * HOUR) });
  }
  const { to, recordedAt } = changes.at(-1)!;
  if (wanted !== null && reissuedAt === null && REISSUABLE.includes(to))
    reissuedAt = recordedAt.getTime() + reissuedAfter * HOUR;
  return {
    changes,
    // Refused for a link that has changed, or has a successor.
    writeOffs: writeOffs.filter(
      ({ after, at }) =>
        (changes[after]?.recordedAt ?? Infinity) > at && at.getTime() < (reissuedAt ?? Infinity),
    ),
    reissuedAt,
  };
}
