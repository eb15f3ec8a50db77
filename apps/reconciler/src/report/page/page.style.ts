/** The page's only style sheet. Colours are variables, which the charts use too. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f6f9; --card: #ffffff; --ink: #16202c; --soft: #55616f; --line: #d9dfe7; --accent: #1257c7;
  --good: #17703a; --bad: #b3261e;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #10151b; --card: #1a222c; --ink: #eef2f6; --soft: #a9b5c2; --line: #34404d; --accent: #8ab4f8;
    --good: #7fd6a0; --bad: #ff9b93;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.25rem 1rem 3rem; background: var(--page); color: var(--ink);
  font: 0.95rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { margin: 0; font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 0 0 0.75rem; font-size: 1.05rem; }
.soft { margin: 0.15rem 0 0; color: var(--soft); }
a { color: var(--accent); }
body > h2 { margin: 1.25rem 0 0; }
.badge { display: inline-block; margin-top: 0.5rem; padding: 0.1rem 0.7rem; border: 1px solid currentColor; border-radius: 1rem; font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); }
.figures { list-style: none; margin: 0.6rem 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 0.75rem; }
.figures li, section { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: 0.8rem 1rem; }
.figures b { display: block; font-size: 1.5rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.figures span { display: block; font-size: 0.85rem; color: var(--soft); }
.figures .amount { display: inline; font-size: inherit; }
main { columns: 3 22rem; column-gap: 0.9rem; margin-top: 0.9rem; }
section { break-inside: avoid; margin-bottom: 0.9rem; padding: 1rem; }
section.wide { column-span: all; }
section h2 ~ h2 { margin-top: 1.5rem; }
svg { display: block; width: 100%; max-width: 26rem; height: auto; margin-bottom: 0.75rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.86rem; }
th, td { padding: 0.35rem 0.6rem 0.35rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--soft); font-size: 0.8rem; font-weight: 600; }
tbody th { font-weight: 400; }
tfoot th, tfoot td, tr.sum th, tr.sum td { font-weight: 600; }
/* Names of ours break between their words; only codes from outside may be of any length. */
tbody th, tfoot th { overflow-wrap: break-word; }
.wide tbody th { overflow-wrap: anywhere; }
.date { white-space: nowrap; }
th.number, td.number { padding-right: 0; padding-left: 0.6rem; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead th.number { white-space: normal; overflow-wrap: normal; }
td.long { white-space: normal; overflow-wrap: normal; }
.amount { white-space: nowrap; }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: 1.5rem; }
.wide tbody th { min-width: 16rem; }
.index { margin-top: 0.9rem; }
.index tbody th { min-width: 0; white-space: nowrap; }
.badge + .badge { margin-left: 0.4rem; }
dl { margin: 0; display: grid; grid-template-columns: 1fr auto; gap: 0.35rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
dd.names { grid-column: 1 / -1; text-align: left; }
@media (max-width: 36rem) {
  .figures { grid-template-columns: 1fr; }
  .figures li { display: grid; grid-template-columns: 1fr auto; align-items: center; padding: 0.5rem 1rem; }
  table { font-size: 0.78rem; }
  th.number, td.number { padding-left: 0.35rem; }
  .wide table { font-size: 0.9rem; }
  .wide tbody th { min-width: 0; }
  .wide thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .wide table, .wide tbody, .wide tr, .wide th, .wide td { display: block; }
  .wide tbody th { font-weight: 600; }
  .wide td[data-label]::before { content: attr(data-label) " "; color: var(--soft); }
  .wide tr { padding: 0.5rem 0; border-top: 1px solid var(--line); }
  .wide th, .wide td, .wide td.number, .wide td.number + td:not(.number) { border: 0; padding: 0.1rem 0; text-align: left; }
}
@media print {
  @page { margin: 14mm; }
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; background: none; font-size: 1rem; }
  section, .figures li { padding: 0.6rem; }
  th, td { padding-top: 0.2rem; padding-bottom: 0.2rem; }
  .wide tbody th { min-width: 9rem; }
  .wide td:not(.number) { min-width: 10rem; }
  .figures { grid-template-columns: repeat(auto-fit, minmax(38mm, 1fr)); }
  main { columns: 2; }
  section.wide { break-inside: auto; }
  tr, svg { break-inside: avoid; }
  table + p { break-before: avoid; }
  thead { display: table-header-group; }
}
`;
