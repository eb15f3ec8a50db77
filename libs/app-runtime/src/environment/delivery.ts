import { plainToInstance } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  buildMessage,
  IsArray,
  isEmail,
  IsIn,
  IsOptional,
  isObject,
  IsString,
  Matches,
  ValidateBy,
  validateSync,
  type ValidationOptions,
} from 'class-validator';
import { inheritedNames } from 'nestjs-payout-links/unstable';
import { MANIFEST, REPORT_FILES, STATEMENT_SET_FILES } from '../reports/set-files.js';
import { isLoopback } from './loopback.js';

const ATTACHABLE: readonly string[] = [...REPORT_FILES, ...STATEMENT_SET_FILES, MANIFEST];
const WHEN = ['always', 'findings', 'problem'] as const;

/**
 * Which sets a target gets: all; those with something new to act on; or only those of a run that could not do its work.
 */
type DeliverWhen = (typeof WHEN)[number];

/** What all targets of `REPORT_DELIVERY` have. */
class Target {
  /** Names the target in rows, logs and exit messages. */
  @Matches(/^[\w.-]{1,64}$/, { message: 'name must be 1 to 64 letters, digits, dots, _ or -' })
  name!: string;

  /** @default every account */
  @IsOptional()
  @IsArray({ message: 'accounts must be a list of names' })
  @ArrayNotEmpty({ message: 'accounts must name at least one account' })
  @IsString({ each: true, message: 'accounts must be a list of names' })
  accounts?: string[];

  /** @default 'always' */
  @IsOptional()
  @IsIn(WHEN, { message: `when must be one of ${WHEN.join(', ')}` })
  when?: DeliverWhen;
}

/** `a@b` of `A <a@b>`, in lower case. */
function bare(address: unknown): unknown {
  return typeof address === 'string'
    ? (/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).toLowerCase()
    : address;
}

/** Half a character, which JSON can hold, breaks the validator. */
function IsAddress(options: ValidationOptions): PropertyDecorator {
  const validate = (value: unknown) =>
    typeof value === 'string' && !/\p{C}/u.test(value) && isEmail(value, { allow_display_name: true });
  return ValidateBy({ name: 'isAddress', validator: { validate } }, options);
}

/** A mailbox: text and HTML, and files of the set on request. */
export class EmailTarget extends Target {
  @IsIn(['email'])
  type!: 'email';

  /** `smtps://user:password@host:port`, or `smtp://…` (STARTTLS, except on a loopback host). Never logged. */
  @IsSmtpUrl()
  smtpUrl!: string;

  @IsAddress({ message: 'from must be an e-mail address' })
  from!: string;

  // Decorators apply from the last to the first, and the first failure is reported.
  @ArrayUnique(bare, { message: 'to must hold each e-mail address once' })
  @ArrayNotEmpty({ message: 'to must hold at least one e-mail address' })
  @IsAddress({ each: true, message: 'to must be a list of e-mail addresses' })
  @IsArray({ message: 'to must be a list of e-mail addresses' })
  to!: string[];

  /** Names of files in the sets. @default none: they hold recipients' addresses */
  @IsOptional()
  @IsArray({ message: `attach must be a list of ${ATTACHABLE.join(', ')}` })
  @ArrayUnique({ message: 'attach must name each file once' })
  @IsIn(ATTACHABLE, { each: true, message: `attach may name ${ATTACHABLE.join(', ')}` })
  attach?: string[];

  /** Address of the demo's report pages. */
  @IsOptional()
  @IsWebAddress({ isPrefix: true })
  link?: string;
}

/** An HTTP endpoint: JSON, signed by Standard Webhooks. */
export class WebhookTarget extends Target {
  @IsIn(['webhook'])
  type!: 'webhook';

  @IsWebAddress({ secure: true })
  url!: string;

  /** Base64, with or without `whsec_`. Never logged. */
  @Matches(/^(whsec_)?(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{4}|[A-Za-z\d+/]{3}=|[A-Za-z\d+/]{2}==)$/, {
    message:
      'secret must be base64, such as `openssl rand -base64 32` prints, with or without whsec_ before it',
  })
  secret!: string;
}

/** One target of `REPORT_DELIVERY`. */
export type DeliveryTarget = EmailTarget | WebhookTarget;

const KINDS = { email: EmailTarget, webhook: WebhookTarget } as const;

/** Parses `REPORT_DELIVERY`. Problems are added to `problems`, never with a secret. */
export function readDeliveryTargets(
  text: string | undefined,
  accounts: readonly string[],
  problems: string[],
): DeliveryTarget[] {
  if (text === undefined) return [];
  const parsed = parseList(text);
  if (parsed === undefined) {
    problems.push(
      'REPORT_DELIVERY must be a JSON array of targets: [{ "type": "email" | "webhook", "name", … }]',
    );
    return [];
  }
  const targets = parsed.flatMap((value, index) => readTarget(value, index, accounts, problems));
  const names = parsed.flatMap((value) => {
    const { name } = (isObject(value) ? value : {}) as { name?: unknown };
    return typeof name === 'string' ? [name] : [];
  });
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
    problems.push(`REPORT_DELIVERY: more than one target is called ${name}; names must be unique`);
  return targets;
}

function readTarget(
  value: unknown,
  index: number,
  accounts: readonly string[],
  problems: string[],
): DeliveryTarget[] {
  const where = `REPORT_DELIVERY[${index}]`;
  const { type } = (isObject(value) ? value : {}) as { type?: unknown };
  if (type !== 'email' && type !== 'webhook') {
    problems.push(`${where}: type must be email or webhook`);
    return [];
  }
  const inherited = inheritedNames(value as object);
  if (inherited.length > 0) {
    problems.push(...inherited.map((name) => `${where}: ${name} is not a known field`));
    return [];
  }
  const target = plainToInstance<DeliveryTarget, unknown>(KINDS[type], value);
  const wrong = validateSync(target, {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
  }).flatMap(({ constraints, property }) =>
    constraints?.whitelistValidation
      ? [`${property} is not a known field`]
      : Object.values(constraints ?? {}),
  );
  const unknown = wrong.length > 0 ? [] : (target.accounts ?? []).filter((name) => !accounts.includes(name));
  wrong.push(
    ...unknown.map((name) => `accounts names ${name}, which is not configured (${accounts.join(', ')})`),
  );
  problems.push(...wrong.map((message) => `${where}: ${message}`));
  return wrong.length === 0 ? [target] : [];
}

function parseList(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether `%` is only used as addresses use it. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function IsSmtpUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'isSmtpUrl',
    validator: {
      validate: (value: unknown) => {
        if (typeof value !== 'string' || !URL.canParse(value)) return false;
        const { protocol, hostname, username, password, pathname, search } = new URL(value);
        const isServer = hostname !== '' && ['', '/'].includes(pathname) && search === '';
        return ['smtp:', 'smtps:'].includes(protocol) && isServer && isDecodable(username + password);
      },
      defaultMessage: buildMessage(
        () =>
          'smtpUrl must be smtp://host:port or smtps://user:password@host:port, with %25 for a % and %40 for an @ in them',
      ),
    },
  });
}

function IsWebAddress({ secure = false, isPrefix = false } = {}): PropertyDecorator {
  const what = secure ? 'https:// (http:// only on this machine)' : 'http:// or https://';
  return ValidateBy({
    name: 'isWebAddress',
    validator: {
      validate: (value: unknown) => {
        if (typeof value !== 'string' || !URL.canParse(value)) return false;
        const { protocol, hostname, username, password, search, hash } = new URL(value);
        if (username !== '' || password !== '' || (isPrefix && search + hash !== '')) return false;
        return protocol === 'https:' || (protocol === 'http:' && (!secure || isLoopback(hostname)));
      },
      defaultMessage: buildMessage(
        () =>
          `$property must be an address that begins with ${what}, without user or password${isPrefix ? ', ? or #' : ''}`,
      ),
    },
  });
}
