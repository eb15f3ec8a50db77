import { Injectable } from '@nestjs/common';
import { PayoutLinksDatabase } from '../database/payout-links.database.js';
import { InvalidPayoutLinkError } from '../payout-links.errors.js';
import { isOpen, type PayoutLinkStatus } from '../rules/payout-link.status.js';
import { isMailbox } from '../rules/texts.js';
import { FIND_PERSON, FIND_UNPROCESSED, REDACT } from './forget.sql.js';

interface PersonsLink {
  id: string;
  status: PayoutLinkStatus;
  external_id: string;
  planned: boolean;
}

/** Redacts a person. */
@Injectable()
export class Forgetting {
  constructor(private readonly database: PayoutLinksDatabase) {}

  /** @returns how many links were redacted */
  async forget(email: string): Promise<{ links: number }> {
    if (!isMailbox(email)) throw invalid('must be an email');
    return this.database.transaction(async (statements) => {
      const pattern = email.replace(/[\\%_]/g, '\\$&');
      const links = await statements.query<PersonsLink>(...FIND_PERSON({ pattern }));
      const named = (some: PersonsLink[]) => some.map((link) => link.external_id).join(', ');
      const open = links.filter(({ status }) => isOpen(status));
      if (open.length > 0)
        throw invalid(`has open payout links, void them or wait for their end: ${named(open)}`);
      const planned = links.filter((link) => link.planned);
      if (planned.length > 0) throw invalid(`has planned reissues, cancel them first: ${named(planned)}`);
      const address = wholeAddress(email);
      if ((await statements.query(...FIND_UNPROCESSED({ address }))).length > 0)
        throw invalid('is in a webhook that is not processed yet: try again in a minute');
      await statements.query(...REDACT({ ids: links.map(({ id }) => id), address }));
      return { links: links.length };
    });
  }
}

/** A pattern of PostgreSQL for the address, and not for a longer one that contains it. */
function wholeAddress(email: string): string {
  const escaped = email.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '\\$&');
  return `(^|[^a-z0-9.!#$%&'*+/=?^_\`{|}~-])${escaped}($|[^a-z0-9.-])`;
}

function invalid(message: string): InvalidPayoutLinkError {
  return new InvalidPayoutLinkError([{ field: 'email', message }]);
}
