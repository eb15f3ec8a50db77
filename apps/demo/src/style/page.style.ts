/** The pages' only style sheet; its hash is in the content security policy. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f6f9; --card: #ffffff; --ink: #16202c; --soft: #55616f; --line: #d9dfe7; --edge: #75818f; --accent: #1257c7;
  --track: #e6ebf1; --open: #1257c7; --good: #17703a; --bad: #b3261e; --odd: #8a5300; --gone: #55616f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151b; --card: #1a222c; --ink: #eef2f6; --soft: #a9b5c2; --line: #34404d; --edge: #7d8a98; --accent: #8ab4f8;
    --track: #2a3440; --open: #8ab4f8; --good: #7fd6a0; --bad: #ff9b93; --odd: #f3c06b; --gone: #a9b5c2;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 0.95rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
main:focus { outline: none; }
.hidden, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: absolute; z-index: 1; left: 0.5rem; top: 0.5rem; padding: 0.5rem 0.9rem; background: var(--card); border-radius: 0.5rem; }
header { background: var(--card); border-bottom: 1px solid var(--line); }
header div { max-width: 76rem; margin: 0 auto; padding: 0.6rem 1rem; display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; align-items: center; justify-content: space-between; }
header strong { font-size: 1.05rem; }
header nav { display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; }
header nav a { padding: 0.3rem 0; text-decoration: none; border-bottom: 2px solid transparent; }
header nav a:hover { border-color: var(--edge); }
header nav a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--accent); }
main { max-width: 76rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1 { margin: 0 0 0.25rem; font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 0.75rem; font-size: 1.1rem; line-height: 1.3; overflow-wrap: anywhere; }
h3 { margin: 0; font-size: 0.95rem; }
p { overflow-wrap: anywhere; }
.soft { color: var(--soft); margin: 0; }
.good { color: var(--good); } .bad { color: var(--bad); } .odd { color: var(--odd); } .open { color: var(--open); } .gone { color: var(--gone); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; }
.message { margin: 1rem 0 0; padding: 0.7rem 1.1rem; border-left: 0.3rem solid var(--good); }
.alarm { border-left-color: var(--bad); font-weight: 600; }
.lead { margin: 0.25rem 0 0; display: flex; flex-wrap: wrap; gap: 0 1.1rem; align-items: baseline; }
.lead span { min-width: 0; overflow-wrap: anywhere; }
.soft + .card, .card + .action { margin-top: 0.6rem; }
time { white-space: nowrap; }
.money { font-variant-numeric: tabular-nums; }
p .money { white-space: nowrap; }
.status { font-weight: 600; font-size: 0.8rem; letter-spacing: 0.02em; white-space: nowrap; }
.status::before { content: ""; display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.45em; border-radius: 50%; background: currentColor; }
.gone.status::before { background: none; border: 2px solid currentColor; }
.odd.status::before { border-radius: 0; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 0.6rem 0.9rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { overflow-wrap: break-word; border-top: 0; font-size: 0.8rem; color: var(--soft); font-weight: 600; }
tbody th { font-weight: 400; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.list small { display: block; max-width: 16rem; color: var(--soft); font-size: 0.8rem; overflow-wrap: break-word; white-space: normal; }
.list .money, .list .number { text-align: right; }
.list td.money { white-space: nowrap; }
.list thead th:first-child { width: 28%; }
.totals { margin-top: 1.25rem; padding: 0.9rem 0 0.3rem; }
.totals h2 { margin: 0 1.1rem 0.4rem; }
.totals th, .totals td { padding: 0.4rem 1.1rem; border-top: 1px solid var(--line); font-variant-numeric: tabular-nums; }
.totals thead th { overflow-wrap: break-word; border-top: 0; }
.totals tbody td { width: 38%; }
.totals tfoot th, .totals tfoot td { font-weight: 600; }
.totals a { text-decoration: none; display: inline-block; padding: 0.1rem 0; }
.totals a:hover { text-decoration: underline; }
.totals a[aria-current] { border-bottom: 2px solid currentColor; }
.totals tbody tr:has([aria-current]) { background: var(--page); }
.bar { display: block; width: 100%; height: 0.45rem; margin-top: 0.2rem; border-radius: 0.25rem; fill: currentColor; }
.bar .track { fill: var(--track); }
label { display: block; font-size: 0.85rem; color: var(--soft); }
input, select, button { width: 100%; min-height: 2.6rem; padding: 0.4rem 0.7rem; font: inherit; border-radius: 0.5rem; border: 1px solid var(--edge); background: var(--card); color: var(--ink); }
input[type="checkbox"] { width: 1.15rem; min-height: 1.15rem; height: 1.15rem; margin: 0 0.5rem 0 0; flex: none; accent-color: var(--accent); }
[aria-invalid] { border: 2px solid var(--bad); }
button { width: auto; padding: 0.4rem 1.2rem; border: 0; background: var(--accent); color: var(--card); font-weight: 600; cursor: pointer; }
button:hover { filter: brightness(1.08); }
button.danger { background: var(--bad); }
.filter { display: flex; flex-wrap: wrap; gap: 0.6rem; align-items: end; margin: 0 0 0.9rem; }
.wide { flex: 1 1 14rem; }
.empty { margin: 0; padding: 2rem 1rem; text-align: center; color: var(--soft); }
.pages { display: flex; gap: 1.25rem; margin: 1rem 0 0; }
.advice { margin: 1.25rem 0 0; padding: 0.9rem 1.1rem; border-left: 0.3rem solid var(--bad); }
.advice h2 { margin: 0; }
.advice p { margin: 0.3rem 0 0.6rem; }
.advice dl { margin: 0; display: flex; flex-wrap: wrap; gap: 0.4rem 2rem; }
dt { color: var(--soft); font-size: 0.85rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.facts { margin: 1.25rem 0 0; padding: 0.5rem 1.1rem; }
h2 + .facts { margin-top: 0; }
.facts div { display: grid; grid-template-columns: 10rem 1fr; gap: 0 1.5rem; padding: 0.45rem 0; border-top: 1px solid var(--line); }
.facts div:first-child { border-top: 0; }
.actions { margin: 1.5rem 0 0; padding: 1rem 1.1rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 1.25rem 2rem; }
.actions h2 { margin: 0; grid-column: 1 / -1; }
.action { margin: 0.6rem 0 0; }
td .action { margin: 0; }
.field { margin: 0 0 0.6rem; }
.field p { margin: 0.2rem 0 0; font-size: 0.85rem; }
.error { color: var(--bad); font-weight: 600; }
.warning { margin: 0.6rem 0; padding-left: 0.7rem; border-left: 0.2rem solid var(--odd); }
.check { display: flex; align-items: center; margin: 0 0 0.6rem; color: var(--ink); font-size: inherit; min-height: 1.8rem; }
.timeline { list-style: none; margin: 0; padding: 0.9rem 1.1rem; }
.timeline li { position: relative; margin-left: 0.4rem; padding: 0 0 1.1rem 1.4rem; }
.timeline li:last-child { padding-bottom: 0; }
.timeline li:not(:last-child)::after { content: ""; position: absolute; left: -0.1rem; top: 0.75rem; bottom: -0.35rem; border-left: 2px solid var(--line); }
.timeline li::before { content: ""; position: absolute; z-index: 1; left: -0.45rem; top: 0.35rem; width: 0.8rem; height: 0.8rem; border-radius: 50%; background: currentColor; border: 2px solid var(--card); }
.timeline li > * { color: var(--ink); }
.timeline li > .soft, .timeline li p > .soft { color: var(--soft); }
.timeline p { margin: 0; }
.files { list-style: none; margin: 0; padding: 0.3rem 1.1rem; }
.files li { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; padding: 0.45rem 0; border-top: 1px solid var(--line); }
.files li:first-child { border-top: 0; }
.files small { flex: 1 1 100%; overflow-wrap: anywhere; font-size: 0.75rem; }
.times { margin-top: 1rem; font-size: 0.85rem; }
summary { cursor: pointer; color: var(--accent); font-size: 0.9rem; padding: 0.2rem 0; }
.timeline details > summary { color: var(--accent); }
pre { margin: 0.5rem 0 0; padding: 0.75rem; background: var(--page); color: var(--ink); border-radius: 0.5rem; font-size: 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 44rem) {
  .filter label, .filter button { flex: 1 1 100%; }
  .list thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .list, .list tbody, .list tr, .list th, .list td { display: block; }
  .list tr { padding: 0.7rem 0.9rem; border-top: 1px solid var(--line); }
  .list tbody tr:first-child { border-top: 0; }
  .list tbody th, .list tbody td { padding: 0.1rem 0; border: 0; text-align: left; }
  .list tbody td { display: grid; grid-template-columns: 6.5rem 1fr; gap: 0 0.6rem; align-items: baseline; }
  .list td[data-name]::before { content: attr(data-name); color: var(--soft); font-size: 0.8rem; }
  .list td > div { min-width: 0; white-space: normal; }
  .list tbody .money, .list tbody .number { text-align: left; }
  .list tbody th { font-weight: 600; }
  .list .list small { max-width: none; }
  .totals th, .totals td { padding: 0.4rem 0.3rem; }
  .totals th:first-child { padding-left: 0.8rem; }
  .totals td:last-child { padding-right: 1rem; }
  .totals h2 { margin: 0 1rem 0.4rem; }
  .totals table { table-layout: fixed; }
  .totals thead th:nth-child(1) { width: 44%; }
  .totals thead th:nth-child(2) { width: 15.5%; }
  .totals tbody .money, .totals tfoot .money { font-size: 0.86rem; line-height: 1.65; }
  .facts div { grid-template-columns: 1fr; }
}
@media (prefers-contrast: more) { :root { --line: var(--edge); --soft: var(--ink); } }
`;
