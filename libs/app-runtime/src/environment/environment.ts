import {
  buildMessage,
  IsIn,
  IsNotEmpty,
  IsString,
  IsTimeZone,
  IsUrl,
  Matches,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { CronTime, validateCronExpression } from 'cron';

const KEY = { message: '$property must be a key without white space: copy it again' };
const WEB = {
  protocols: ['http', 'https'],
  require_protocol: true,
  require_tld: false,
  disallow_auth: true,
  allow_query_components: false,
  allow_fragments: false,
};

/** The variables as they are in the environment, numbers parsed; without defaults. */
export class Environment {
  @IsGiven()
  @IsAddress('postgres', 'postgresql')
  DATABASE_URL?: string;

  @IsGiven()
  @Matches(/^\S+$/, KEY)
  XENDIT_API_KEY?: string;

  @IsGiven()
  @IsString()
  XENDIT_ACCOUNTS?: string;

  @IsGiven()
  @IsUrl(WEB, { message: '$property must be an http:// or https:// address without user, password, ? and #' })
  XENDIT_BASE_URL?: string;

  @IsGiven()
  @IsString()
  XENDIT_WEBHOOK_TOKENS?: string;

  @IsGiven()
  @IsHost()
  HOST?: string;

  @IsGiven()
  @IsWholeNumber(0, 65_535)
  PORT?: number;

  @IsGiven()
  @Matches(/^\S+$/, KEY)
  DEMO_API_KEY?: string;

  @IsGiven()
  @IsHost()
  METRICS_HOST?: string;

  @IsGiven()
  @IsWholeNumber(0, 65_535)
  METRICS_PORT?: number;

  @IsGiven()
  @IsNotEmpty()
  REPORTS_DIR?: string;

  @IsGiven()
  @IsTimeZone({ message: '$property must be a time zone such as Asia/Jakarta' })
  REPORT_TIMEZONE?: string;

  @IsGiven()
  @IsIn(['en', 'id'])
  REPORT_LANGUAGE?: 'en' | 'id';

  @IsGiven()
  @IsIn([',', ';'], { message: '$property must be , or ;' })
  REPORT_CSV_DELIMITER?: ',' | ';';

  @IsGiven()
  @IsString()
  REPORT_DELIVERY?: string;

  @IsGiven()
  @IsCron()
  RECONCILE_CRON?: string;

  @IsGiven()
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/, { message: '$property must be a time of day such as 08:00' })
  RECONCILE_SEAL_AT?: string;

  @IsGiven()
  @IsWholeNumber(1, 1_000_000)
  RECONCILE_RATE_PER_MINUTE?: number;

  @IsGiven()
  @IsWholeNumber(1, 1_000)
  RECONCILE_CONCURRENCY?: number;

  @IsGiven()
  @IsString()
  AUTO_REISSUE?: string;

  @IsGiven()
  @IsWholeNumber(1, 36_500)
  RETENTION_DAYS?: number;

  @IsGiven()
  @IsAddress('postgres', 'postgresql', 'redis', 'rediss')
  QUEUE_URL?: string;

  @IsGiven()
  @IsIn(['trace', 'debug', 'info', 'warn', 'error'])
  LOG_LEVEL?: LogLevelName;

  @IsGiven()
  @IsIn(['text', 'json'])
  LOG_FORMAT?: LogFormat;
}

export type LogFormat = 'text' | 'json';
export type LogLevelName = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** An unset variable gets its default; one that is set but empty is validated like any other. */
function IsGiven(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

function IsHost(): PropertyDecorator {
  return Matches(/^[\w.:-]+$/, { message: '$property must be a host name or an IP address' });
}

/** Our own check of an address: class-validator's would print passwords in some messages, and refuses sockets. */
function IsAddress(...protocols: string[]): PropertyDecorator {
  const valid = (value: unknown) =>
    typeof value === 'string' &&
    URL.canParse(value) &&
    protocols.includes(new URL(value).protocol.replace(':', ''));
  return ValidateBy({
    name: 'isAddress',
    validator: {
      validate: valid,
      defaultMessage: buildMessage(
        () =>
          `$property must be an address that begins with ${protocols.map((name) => `${name}://`).join(' or ')}`,
      ),
    },
  });
}

function IsWholeNumber(least: number, most: number): PropertyDecorator {
  return ValidateBy({
    name: 'isWholeNumber',
    validator: {
      validate: (value: unknown) =>
        Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
      defaultMessage: buildMessage(() => `$property must be a whole number from ${least} to ${most}`),
    },
  });
}

function IsCron(): PropertyDecorator {
  return ValidateBy({
    name: 'isCron',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && comesUp(value),
      defaultMessage: buildMessage(
        () => '$property must be a cron expression such as 0 2 * * *, of a time that ever comes',
      ),
    },
  });
}

/** Finds dates that never occur, such as 31 February. */
function comesUp(cron: string): boolean {
  try {
    return validateCronExpression(cron).valid && new CronTime(cron).sendAt().isValid;
  } catch {
    return false;
  }
}
