// The decorator Type needs it when this file is loaded.
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FailureOwner, RetryAdvice } from './catalogue.js';

/** A text in both languages of the reports. */
class AdviceTextOptions {
  @IsString()
  @IsNotEmpty()
  en!: string;

  @IsString()
  @IsNotEmpty()
  id!: string;
}

/**
 * A host's entry for a failure code, or the fields of ours that it replaces. Validated strictly: an unknown word
 * would pass every guard and pay.
 */
export class FailureAdviceOptions {
  @IsOptional()
  @IsIn(['RETRY', 'RETRY_LATER', 'DO_NOT_RETRY', 'REVIEW'] satisfies RetryAdvice[])
  retry?: RetryAdvice;

  @IsOptional()
  @IsIn(['TREASURY', 'RECIPIENT', 'DEVELOPER', 'NOBODY'] satisfies FailureOwner[])
  owner?: FailureOwner;

  @IsOptional()
  @IsBoolean()
  onlyAtCreate?: true;

  @IsOptional()
  @IsInt()
  @Min(0)
  waitMs?: number;

  @IsOptional()
  @ValidateNested()
  @Type(() => AdviceTextOptions)
  meaning?: AdviceTextOptions;

  @IsOptional()
  @ValidateNested()
  @Type(() => AdviceTextOptions)
  advice?: AdviceTextOptions;
}
