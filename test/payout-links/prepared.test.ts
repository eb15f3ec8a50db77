import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PayoutLinksDatabase } from '../../libs/payout-links/src/database/payout-links.database.js';
import { LibraryStage } from './library.stage.js';

describe('a process whose statements are prepared', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open();
    await createOnEveryConnection('before');
  });
  afterEach(() => stage.close());

  const createOnEveryConnection = (name: string) =>
    Promise.all(Array.from({ length: 20 }, (_, index) => stage.create(`${name}-${index}`)));

  const worksOn = async () => {
    const links = await createOnEveryConnection('after');
    expect(links.map(({ status }) => status)).toEqual(links.map(() => 'PENDING'));
    await stage.claim(links[0]!);
    expect(await stage.service.refresh(links[0]!.id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await stage.count("payout_link WHERE status = 'CREATING'")).toBe(0);
  };

  it('keeps working when a migration changes a table under it', async () => {
    await stage.database.query('ALTER TABLE payout_link ADD COLUMN of_a_later_release text');
    await worksOn();
  });

  it('keeps working when a pooler has changed its sessions', async () => {
    const database = stage.host.app.get(PayoutLinksDatabase, { strict: false });
    const everyConnection = Array.from({ length: 5 }, () =>
      database.transaction((session) => session.execute('DEALLOCATE ALL')),
    );
    await Promise.all(everyConnection);
    await worksOn();
  });
});
