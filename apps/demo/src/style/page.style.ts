/** The pages' only style sheet; its hash is in the content security policy. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f6f9; --card: #ffffff; --ink: #16202c; --soft: #55616f; --line: #d9dfe7; --accent: #1257c7;
  --open: #1257c7; --good: #17703a; --bad: #b3261e; --odd: #8a5300;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151b; --card: #1a222c; --ink: #eef2f6; --soft: #a9b5c2; --line: #34404d; --accent: #8ab4f8;
    --open: #8ab4f8; --good: #7fd6a0; --bad: #ff9b93; --odd: #f3c06b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 0.95rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
header { background: var(--card); border-bottom: 1px solid var(--line); }
header div { max-width: 76rem; margin: 0 auto; padding: 0.75rem 1rem; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: baseline; }
header strong { font-size: 1.05rem; margin-right: auto; }
header strong a { color: inherit; text-decoration: none; }
main { max-width: 76rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1 { margin: 0 0 0.25rem; font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 0.75rem; font-size: 1.1rem; }
.soft { color: var(--soft); margin: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; }
.totals { list-style: none; margin: 1rem 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: 0.75rem; }
.totals a { display: block; height: 100%; padding: 0.75rem 0.9rem; color: inherit; text-decoration: none; }
.totals a:hover { border-color: var(--accent); }
.totals a[aria-current] { outline: 2px solid var(--accent); outline-offset: -1px; }
.totals b { display: block; font-size: 1.5rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.money { font-variant-numeric: tabular-nums; white-space: nowrap; }
.totals .money { white-space: normal; overflow-wrap: anywhere; font-size: 0.88rem; }
.status { font-weight: 600; font-size: 0.8rem; letter-spacing: 0.02em; white-space: nowrap; }
.status::before { content: ""; display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.45em; border-radius: 50%; background: currentColor; }
.open { color: var(--open); } .good { color: var(--good); } .bad { color: var(--bad); } .odd { color: var(--odd); } .gone { color: var(--soft); }
form { display: flex; flex-wrap: wrap; gap: 0.6rem; align-items: end; margin: 2rem 0 0.9rem; }
label { display: block; font-size: 0.85rem; color: var(--soft); }
label.wide { flex: 1 1 14rem; }
input, select, button { width: 100%; min-height: 2.6rem; padding: 0.4rem 0.7rem; font: inherit; border-radius: 0.5rem; border: 1px solid var(--soft); background: var(--card); color: var(--ink); }
button { width: auto; padding: 0.4rem 1.2rem; border: 0; background: var(--accent); color: var(--card); font-weight: 600; cursor: pointer; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 0.6rem 0.9rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th:first-child { width: 22%; }
thead th { border-top: 0; font-size: 0.8rem; color: var(--soft); font-weight: 600; }
th.money, td.money { text-align: right; }
td small { display: block; max-width: 16rem; color: var(--soft); font-size: 0.8rem; overflow-wrap: break-word; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.empty { margin: 0; padding: 2rem 1rem; text-align: center; color: var(--soft); }
.pages { display: flex; gap: 1.25rem; margin: 1rem 0 0; }
.advice { margin: 1.25rem 0 0; padding: 0.9rem 1.1rem; border-left: 0.3rem solid var(--bad); }
.advice p { margin: 0.2rem 0 0; }
.facts { margin: 1.25rem 0 0; padding: 0.5rem 1.1rem; display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; }
.facts dt, .facts dd { padding: 0.45rem 0; border-top: 1px solid var(--line); margin: 0; }
.facts dt { color: var(--soft); padding-right: 1.5rem; }
.facts dt:first-of-type, .facts dd:first-of-type { border-top: 0; }
.facts dd { overflow-wrap: anywhere; }
.history { list-style: none; margin: 0; padding: 0; }
.history > li { padding: 0.8rem 1.1rem; border-top: 1px solid var(--line); }
.history > li:first-child { border-top: 0; }
summary { cursor: pointer; color: var(--accent); font-size: 0.85rem; }
pre { margin: 0.5rem 0 0; padding: 0.75rem; background: var(--page); border-radius: 0.5rem; font-size: 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 44rem) {
  label, label.wide, button { flex: 1 1 100%; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; }
  tr { padding: 0.7rem 0.9rem; border-top: 1px solid var(--line); }
  tbody tr:first-child { border-top: 0; }
  td, td.money { padding: 0.1rem 0; border: 0; text-align: left; }
  .totals { grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); }
  .facts { grid-template-columns: 1fr; }
  .facts dt { padding: 0.55rem 0 0; }
  .facts dd { padding: 0 0 0.55rem; border-top: 0; }
}
`;
