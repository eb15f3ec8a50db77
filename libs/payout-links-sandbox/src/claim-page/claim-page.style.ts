/** The page's only style sheet; its hash is in the page's content security policy. */
export const CLAIM_PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f3f5f8; --card: #ffffff; --ink: #16202c; --soft: #55616f; --line: #8793a1;
  --accent: #1257c7; --on-accent: #ffffff; --bad: #b3261e; --good: #17703a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151b; --card: #1a222c; --ink: #eef2f6; --soft: #a9b5c2; --line: #6d7a89;
    --accent: #8ab4f8; --on-accent: #0d1b30; --bad: #ff9b93; --good: #7fd6a0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1.5rem 1rem; min-height: 100vh;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  background: var(--page); color: var(--ink);
}
main, footer { max-width: 27rem; margin: 0 auto; }
.card { background: var(--card); border-radius: 1rem; padding: 1.75rem; box-shadow: 0 1px 3px rgb(0 0 0 / 0.18); }
.from { margin: 0; color: var(--soft); }
h1 { margin: 0.25rem 0 0.5rem; font-size: 1.35rem; line-height: 1.3; }
.amount { margin: 0; font-size: clamp(1.4rem, 7vw, 2.25rem); font-weight: 700; line-height: 1.2; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.state { margin: 1.25rem 0 0; padding-left: 0.9rem; border-left: 0.25rem solid var(--accent); }
.state.good { border-color: var(--good); }
.state.bad { border-color: var(--bad); }
.state h2 { margin: 0; font-size: 1.1rem; }
.state p { margin: 0.25rem 0 0; overflow-wrap: anywhere; }
form { margin-top: 1.25rem; }
.field { margin-top: 1rem; }
label { display: block; margin-bottom: 0.3rem; font-weight: 600; }
input, select {
  width: 100%; min-height: 2.9rem; padding: 0.55rem 0.75rem; font: inherit; color: inherit;
  background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem;
}
[aria-invalid="true"] { border-color: var(--bad); border-width: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.message { margin: 1rem 0 0; padding-left: 0.9rem; border-left: 0.25rem solid var(--bad); font-weight: 600; }
.message + .hint { margin-top: 0.8rem; }
.hint { margin: 0.3rem 0 0; font-size: 0.9rem; color: var(--soft); }
.error { margin: 0.3rem 0 0; color: var(--bad); font-weight: 600; }
button {
  width: 100%; min-height: 3rem; margin-top: 1.5rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 0; border-radius: 0.5rem;
}
a { color: var(--accent); }
dl { margin: 1.25rem 0 0; display: grid; grid-template-columns: auto 1fr; gap: 0.35rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
footer { margin-top: 1rem; font-size: 0.85rem; color: var(--soft); text-align: center; }
`;
