import { plainToInstance } from 'class-transformer';
import { isObject, validateSync } from 'class-validator';
import { PayoutLinksAccountOptions } from 'nestjs-payout-links';
import { inheritedNames } from 'nestjs-payout-links/unstable';
import { parseObject } from './json-object.js';

/** Accounts by name. */
export type Accounts = Readonly<Record<string, PayoutLinksAccountOptions>>;

/** Parses `XENDIT_ACCOUNTS`. Problems are added to `problems`, never with a key or token. */
export function readAccounts(text: string | undefined, problems: string[]): Accounts {
  if (text === undefined) return {};
  const parsed = parseObject(text);
  if (parsed === undefined) {
    problems.push('XENDIT_ACCOUNTS must be a JSON object { "<name>": { "apiKey", "webhookTokens" } }');
    return {};
  }
  const accounts: Record<string, PayoutLinksAccountOptions> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (!/^[\w-]{1,64}$/.test(name) || name in Object.prototype) {
      problems.push(
        'XENDIT_ACCOUNTS must have names of 1 to 64 letters, digits, _ or -, and none that every object has, such as constructor',
      );
      continue;
    }
    if (!isObject(value)) {
      problems.push(`XENDIT_ACCOUNTS.${name}: must be an object with apiKey and webhookTokens`);
      continue;
    }
    const inherited = inheritedNames(value);
    if (inherited.length > 0) {
      problems.push(
        ...inherited.map((field) => `XENDIT_ACCOUNTS.${name}: property ${field} should not exist`),
      );
      continue;
    }
    // A missing list becomes an empty one, so that it is reported once.
    const given = { webhookTokens: [], ...value };
    const account = plainToInstance(PayoutLinksAccountOptions, given);
    const wrong = validateSync(account, { whitelist: true, forbidNonWhitelisted: true }).flatMap(
      ({ constraints }) => Object.values(constraints ?? {}),
    );
    if (Array.isArray(account.webhookTokens) && account.webhookTokens.length === 0) {
      wrong.push("webhookTokens must hold the account's verification token");
    }
    problems.push(...wrong.map((message) => `XENDIT_ACCOUNTS.${name}: ${message}`));
    // The values of an invalid account may be of any type.
    if (wrong.length === 0) accounts[name] = account;
  }
  return accounts;
}
