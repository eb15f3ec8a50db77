import { Injectable } from '@nestjs/common';
import { PayoutLinksDatabase } from '../database/payout-links.database.js';
import { InvalidPayoutLinkError } from '../payout-links.errors.js';
import { isOpen, type PayoutLinkStatus } from '../rules/payout-link.status.js';
import { isMailbox } from '../rules/texts.js';
import { FIND_PERSON, REDACT } from './forget.sql.js';

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
      await statements.query(...REDACT({ ids: links.map(({ id }) => id), email }));
      return { links: links.length };
    });
  }
}

function invalid(message: string): InvalidPayoutLinkError {
  return new InvalidPayoutLinkError([{ field: 'email', message }]);
}
