import { html, Html } from 'app-runtime';
import { totalOf, type Tally } from './tally.js';
import type { Words } from './page.words.js';

/** Longer amounts, with their currency, may wrap. Characters. */
const NARROW_AMOUNT = 18;
/** Longer numbers may wrap. Characters. */
const NARROW_NUMBER = 20;

/** Numbers and tables in a language. */
export class Shown {
  private readonly numbers: Intl.NumberFormat;
  private readonly shares: Intl.NumberFormat;

  constructor(readonly words: Words) {
    this.numbers = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 1 });
    this.shares = new Intl.NumberFormat(words.locale, { style: 'percent', maximumFractionDigits: 1 });
  }

  number(value: number | bigint): string {
    return this.numbers.format(value);
  }

  share(value: number | null): string {
    return value === null ? '–' : this.shares.format(value);
  }

  amounts({ amounts }: Tally): Html {
    const shown = Object.entries(amounts).map(
      ([currency, amount], index) => html`${index > 0 && ', '}${currency} ${inOneLine(this.number(amount))}`,
    );
    return html`${shown.length === 0 ? '–' : shown}`;
  }

  amountCell(tally: Tally): Html {
    const length = Object.values(tally.amounts).reduce(
      (sum, amount) => sum + 'IDR '.length + this.number(amount).length,
      0,
    );
    return html`<td
      class="${length > NARROW_AMOUNT ? 'number long' : 'number'}"
      data-label="${this.words.amount}"
    >
      ${this.amounts(tally)}
    </td>`;
  }

  figures(title: string, figures: readonly (readonly [label: string, tally: Tally])[]): Html {
    return html`<h2>${title}</h2>
      <ul class="figures">
        ${figures.map(
          ([label, tally]) =>
            html`<li>
              <span>${label}</span><b>${this.number(tally.count)}</b><span>${this.amounts(tally)}</span>
            </li>`,
        )}
      </ul>`;
  }

  /** A table of counts and amounts with their sum; an empty one says so. */
  tallies(caption: string, rows: readonly (readonly [label: string, tally: Tally])[]): Html {
    const { words } = this;
    if (rows.length === 0) return html`<p class="soft">${words.none}</p>`;
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${caption}</th>
          <th scope="col" class="number">${words.count}</th>
          <th scope="col" class="number">${words.amount}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(([label, tally]) => this.tallyRow(label, tally))}
      </tbody>
      <tfoot>
        ${this.tallyRow(words.total, totalOf(rows.map(([, tally]) => tally)))}
      </tfoot>
    </table>`;
  }

  facts(facts: readonly (readonly [label: string, value: string])[]): Html {
    return html`<dl>
      ${facts.map(
        ([label, value]) =>
          html`<dt>${label}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>`;
  }

  private tallyRow(label: string, tally: Tally): Html {
    return html`<tr>
      <th scope="row">${named(label)}</th>
      <td class="number">${this.number(tally.count)}</td>
      ${this.amountCell(tally)}
    </tr>`;
  }
}

/** A part of the page with its title. */
export function section(title: string, ...parts: readonly (Html | false)[]): Html {
  return html`<section aria-label="${title}">
    <h2>${title}</h2>
    ${parts.filter((part) => part !== false)}
  </section>`;
}

/** A number does not wrap unless it is very long; then it may wrap after its thousands. */
export function inOneLine(number: string): Html {
  if (number.length <= NARROW_NUMBER) return html`<span class="amount">${number}</span>`;
  const groups = number.split(/(?<=[.,])(?=\d)/);
  return html`${groups.map((group, index) => html`${index > 0 && html`<wbr />`}${group}`)}`;
}

/** A cell of an amount with its currency. */
export function moneyCell(currency: string, number: string): Html {
  const length = currency.length + 1 + number.length;
  return html`<td class="${length > NARROW_AMOUNT ? 'number long' : 'number'}">
    ${currency} ${inOneLine(number)}
  </td>`;
}

/** A cell of a number that may wrap if it is very long. */
export function numberCell(number: string): Html {
  return html`<td class="${number.length > NARROW_NUMBER ? 'number long' : 'number'}">
    ${inOneLine(number)}
  </td>`;
}

/** An external name in its own writing direction; one in capitals may wrap at its underscores. */
export function named(name: string): Html {
  const parts = name.split('_').map((part, index) => html`${index > 0 && html`_<wbr />`}${part}`);
  return html`<bdi>${parts}</bdi>`;
}
