import { IsBoolean, IsInt, IsNumber, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { WEBHOOK_TOKEN, WEBHOOK_TOKEN_IS } from '../webhooks/webhook.settings.js';

const DAYS_30_MS = 30 * 24 * 60 * 60_000;

/** Delivery settings to change; the others stay. */
export class WebhookSettingsBody {
  @IsOptional()
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false },
    { message: 'url must be an http or https address' },
  )
  url?: string;

  @IsOptional()
  @Matches(WEBHOOK_TOKEN, { message: `token must be ${WEBHOOK_TOKEN_IS}` })
  @IsString({ message: 'token must be text' })
  token?: string;

  @IsOptional()
  @Min(0, { message: 'drop must be from 0 to 1' })
  @Max(1, { message: 'drop must be from 0 to 1' })
  @IsNumber({}, { message: 'drop must be a number' })
  drop?: number;

  @IsOptional()
  @Min(0, { message: 'duplicate must be from 0 to 1' })
  @Max(1, { message: 'duplicate must be from 0 to 1' })
  @IsNumber({}, { message: 'duplicate must be a number' })
  duplicate?: number;

  @IsOptional()
  @IsBoolean({ message: 'shuffle must be true or false' })
  shuffle?: boolean;

  @IsOptional()
  @Min(0, { message: 'delayMs must not be negative' })
  @Max(DAYS_30_MS, { message: 'delayMs must not be more than 30 days' })
  @IsInt({ message: 'delayMs must be a whole number of milliseconds' })
  delayMs?: number;
}
