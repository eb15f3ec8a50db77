import type { DeliveryContent } from '../content.js';
import { mailDocument } from './mail.document.js';
import { mailHtml } from './mail.html.js';
import { subjectOf } from './mail.subject.js';
import { mailText } from './mail.text.js';

/** Subject and both parts of a mail. */
export function mailOf(
  content: DeliveryContent,
  options: Parameters<typeof mailDocument>[1],
): { subject: string; text: string; html: string } {
  const document = mailDocument(content, options);
  return { subject: subjectOf(content), text: mailText(document), html: mailHtml(document) };
}
