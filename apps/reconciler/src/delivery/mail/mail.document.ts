import { maskEmails } from 'nestjs-payout-links/unstable';
import { describeReasons } from '../../slot/slot-result.js';
import { WORDS } from '../../report/page/page.words.js';
import type { MatchResult } from '../../statement/match.js';
import { MATCH_WORDS } from '../../statement/page/match.words.js';
import type { DeliveryContent } from '../content.js';
import { lineOf, type Worth } from '../slot-digest.js';
import { MAIL_WORDS } from './mail.words.js';

/** A mail before it is text or HTML. */
export interface MailDocument {
  language: 'en' | 'id';
  title: string;
  /** What it comes to, the most important first. */
  verdict: { text: string; isGood: boolean }[];
  sections: MailSection[];
  /** Where the whole report is. */
  report: { label: string; address: string; isLink: boolean } | null;
  notes: string[];
}

export interface MailSection {
  title: string;
  /** Label and value. */
  facts?: readonly (readonly [label: string, value: string])[];
  items?: readonly { title: string; text: string }[];
  /** After the facts and items. */
  note?: string;
}

interface Options {
  language: 'en' | 'id';
  /** Address of the report pages. */
  link?: string;
  /** Names of files that were to be attached. */
  notAttached: { tooLarge: readonly string[]; missing: readonly string[] };
}

type Of<Type extends DeliveryContent['type']> = Extract<DeliveryContent, { type: Type }>;

/** What a mail says. External ids and amounts, never an address. */
export function mailDocument(content: DeliveryContent, options: Options): MailDocument {
  switch (content.type) {
    case 'slot':
      return slotDocument(content, options);
    case 'statement':
      return statementDocument(content, options);
    case 'failed':
      return failedDocument(content, options);
  }
}

function slotDocument({ result, digest }: Of<'slot'>, { link, notAttached }: Options): MailDocument {
  const { language } = digest;
  const [words, page] = [MAIL_WORDS[language], WORDS[language]];
  const { number, worth } = formatOf(language);
  const { account, date, coverage } = result;
  const toSettle = lineOf(digest, 'failures_closing');
  const verdict = [
    ...(result.footed ? [] : [{ text: words.doesNotBalance, isGood: false }]),
    ...(result.incomplete
      ? [{ text: words.incomplete(coverage.unreachable, describeReasons(coverage)), isGood: false }]
      : []),
    ...(result.provisional ? [{ text: words.open, isGood: false }] : []),
    ...(result.footed && !result.incomplete ? [{ text: words.balanced, isGood: true }] : []),
  ];
  const changes = [
    [page.created, 'created'],
    [page.succeeded, 'succeeded'],
    [page.newFailures, 'failures_new'],
    [words.reopened, 'failures_reopened'],
    [page.replaced, 'failures_replaced'],
    [words.settled, 'failures_settled'],
    [words.writtenOff, 'failures_written_off'],
  ] as const;
  const more = toSettle.count - digest.first.length;
  return {
    language,
    title: `${page.title} ${account} ${date}`,
    verdict,
    sections: [
      {
        title: words.atTheEnd,
        facts: [
          [page.unsettled, worth(toSettle)],
          [page.open, worth(lineOf(digest, 'closing'))],
          [page.discrepancies, number(result.discrepancies)],
          [words.read, words.ofOpen(number(coverage.read), number(coverage.open))],
        ],
      },
      {
        title: words.changes,
        facts: changes.map(([label, line]) => [label, worth(lineOf(digest, line))] as const),
      },
      ...(digest.owners.length === 0
        ? []
        : [
            {
              title: words.whoMustAct,
              facts: digest.owners.map(
                ({ owner, ...sum }) => [page.owners[owner as keyof typeof page.owners], worth(sum)] as const,
              ),
            },
            {
              title: words.first,
              items: digest.first.map(({ externalId, currency, amount, code, change, action }) => ({
                title: `${maskEmails(externalId)} · ${currency} ${number(BigInt(amount))} · ${code} · ${words.changesOf[change]}`,
                text: action,
              })),
              ...(more > 0 && { note: words.more(number(more)) }),
            },
          ]),
    ],
    report: reportOf(words.report, link, `${account}/${date}/`, result.reportSet),
    notes: notesOf(notAttached, language),
  };
}

function statementDocument(
  { outcome, findings }: Of<'statement'>,
  { language, link, notAttached }: Options,
): MailDocument {
  const [words, page] = [MAIL_WORDS[language], WORDS[language]];
  const { number, worth } = formatOf(language);
  const { account, from, to, results, fees, vat, balanced, reportSet } = outcome;
  const names = MATCH_WORDS[language].resultNames;
  const toDo = { text: words.findings(findings), isGood: false };
  const isEmpty = Object.values(results).every(({ count }) => count === 0);
  const agrees = { text: isEmpty ? MATCH_WORDS[language].nothing : words.agree, isGood: true };
  return {
    language,
    title: `${page.title} ${account} ${from}–${to}: ${words.statement}`,
    verdict: [
      ...(balanced ? [] : [{ text: words.statementDoesNotBalance, isGood: false }]),
      ...(findings > 0 ? [toDo] : []),
      ...(balanced && findings === 0 ? [agrees] : []),
    ],
    sections: [
      {
        title: words.results,
        facts: Object.entries(results).map(
          ([result, { count, amount }]) =>
            [names[result as MatchResult], worth({ count, amounts: { IDR: amount } })] as const,
        ),
      },
      {
        title: words.fees,
        facts: [
          [words.fees, `IDR ${number(BigInt(fees))}`],
          [words.vat, `IDR ${number(BigInt(vat))}`],
        ],
      },
    ],
    report: reportOf(words.report, link, `${account}/statements/${from}_${to}/`, reportSet),
    notes: notesOf(notAttached, language),
  };
}

function failedDocument({ run }: Of<'failed'>, { language }: Options): MailDocument {
  const [words, page] = [MAIL_WORDS[language], WORDS[language]];
  return {
    language,
    title: `${page.title} ${run.account} ${run.date}`,
    verdict: [{ text: words.couldNotRun, isGood: false }],
    sections: [
      { title: words.whatFailed, items: [{ title: run.code, text: run.message }], note: words.whatNext },
    ],
    report: null,
    notes: [],
  };
}

function notesOf({ tooLarge, missing }: Options['notAttached'], language: 'en' | 'id'): string[] {
  const words = MAIL_WORDS[language];
  return [
    ...(tooLarge.length > 0 ? [words.tooLarge(tooLarge.join(', '))] : []),
    ...(missing.length > 0 ? [words.missing(missing.join(', '))] : []),
  ];
}

function reportOf(
  label: string,
  link: string | undefined,
  path: string,
  folder: string,
): MailDocument['report'] {
  if (link === undefined) return { label, address: folder, isLink: false };
  return { label, address: `${link.replace(/\/$/, '')}/${path}`, isLink: true };
}

function formatOf(language: 'en' | 'id') {
  const format = new Intl.NumberFormat(WORDS[language].locale);
  const number = (value: number | bigint) => format.format(value);
  const worth = ({ count, amounts }: Worth) => {
    const sums = Object.entries(amounts).map(([currency, amount]) => `${currency} ${number(BigInt(amount))}`);
    return [number(count), ...(count === 0 ? [] : sums)].join(' · ');
  };
  return { number, worth };
}
