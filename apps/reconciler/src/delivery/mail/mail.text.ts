import type { MailDocument } from './mail.document.js';

/** A mail as plain text. */
export function mailText({ title, verdict, sections, report, notes }: MailDocument): string {
  const paragraphs = [
    title,
    verdict.map(({ text }) => text).join('\n'),
    ...sections.map(({ title: heading, facts = [], items = [], note }) => {
      const width = Math.max(0, ...facts.map(([label]) => label.length));
      return [
        heading.toUpperCase(),
        ...facts.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
        ...items.flatMap((item) => [`  ${item.title}`, `    ${item.text}`]),
        ...(note === undefined ? [] : [`  ${note}`]),
      ].join('\n');
    }),
    ...(report ? [`${report.label}: ${report.address}`] : []),
    ...notes,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}
