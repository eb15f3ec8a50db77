import { html, Html } from 'app-runtime';
import type { MailDocument, MailSection } from './mail.document.js';

/** Mail clients that know dark mode take the second set of colours; the others keep the first, which they may invert. */
const STYLE = new Html(`<style>
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  body { margin: 0; padding: 16px; background: #f4f6f9; color: #16202c; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
  .mail { max-width: 620px; margin: 0 auto; padding: 20px; background: #ffffff; border: 1px solid #d9dfe7; border-radius: 10px; }
  h1 { margin: 0 0 12px; font-size: 19px; line-height: 1.3; overflow-wrap: anywhere; }
  h2 { margin: 22px 0 6px; font-size: 15px; }
  p { margin: 6px 0; overflow-wrap: anywhere; }
  .good { color: #17703a; font-weight: 600; }
  .bad { color: #b3261e; font-weight: 600; }
  .soft { color: #55616f; }
  table { width: 100%; border-collapse: collapse; }
  th, td { padding: 5px 0; border-top: 1px solid #d9dfe7; text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
  th { padding-right: 16px; color: #55616f; }
  td { text-align: right; white-space: nowrap; }
  ol { margin: 0; padding: 0; list-style: none; }
  li { padding: 7px 0; border-top: 1px solid #d9dfe7; overflow-wrap: anywhere; }
  a { color: #1257c7; }
  @media (prefers-color-scheme: dark) {
    body { background: #10151b; color: #eef2f6; }
    .mail { background: #1a222c; border-color: #34404d; }
    th, td, li { border-color: #34404d; }
    th, .soft { color: #a9b5c2; }
    .good { color: #7fd6a0; }
    .bad { color: #ff9b93; }
    a { color: #8ab4f8; }
  }
</style>`);

/** A mail as HTML: nothing is loaded, and it reads without styles too. */
export function mailHtml({ language, title, verdict, sections, report, notes }: MailDocument): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${STYLE}
      </head>
      <body>
        <div class="mail">
          <h1>${title}</h1>
          ${verdict.map(({ text, isGood }) => html`<p class="${isGood ? 'good' : 'bad'}">${text}</p>`)}
          ${sections.map(sectionOf)}
          ${
            report &&
            html`<p>
              ${report.label}:
              ${report.isLink ? html`<a href="${report.address}">${report.address}</a>` : report.address}
            </p>`
          }
          ${notes.map((note) => html`<p class="soft">${note}</p>`)}
        </div>
      </body>
    </html> `.markup;
}

function sectionOf({ title, facts = [], items = [], note }: MailSection): Html {
  return html`<h2>${title}</h2>
    ${
      facts.length > 0 &&
      html`<table role="presentation">
        ${facts.map(
          ([label, value]) =>
            html`<tr>
              <th scope="row">${label}</th>
              <td>${value}</td>
            </tr>`,
        )}
      </table>`
    }
    ${
      items.length > 0 &&
      html`<ol>
        ${items.map((item) => html`<li><strong>${item.title}</strong><br /><span class="soft">${item.text}</span></li>`)}
      </ol>`
    }
    ${note !== undefined && html`<p class="soft">${note}</p>`}`;
}
