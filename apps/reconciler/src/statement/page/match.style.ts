/** What `match.html` adds to the style sheet of the reports. */
export const MATCH_STYLE = `
section.full { column-span: all; }
.full > div { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 0.5rem 2.5rem; align-items: start; }
.full svg { max-width: 34rem; }
.findings tbody { break-inside: avoid; }
.findings tbody th { min-width: 9rem; }
.findings td { overflow-wrap: break-word; }
.findings tr.action td { border: 0; padding-top: 0; padding-bottom: 0.7rem; }
@media screen and (max-width: 48rem) {
  .findings table, .findings tbody, .findings tr, .findings th, .findings td { display: block; }
  .findings thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .findings tbody th { min-width: 0; font-weight: 600; }
  .findings tbody { padding: 0.5rem 0; border-top: 1px solid var(--line); }
  .findings tr, .findings th, .findings td, .findings td.number { border: 0; padding: 0.1rem 0; text-align: left; white-space: normal; }
  .findings td[data-label]::before { content: attr(data-label) " "; color: var(--soft); }
}
`;
