/** A schedule goes on where the store cannot be asked for a moment. */
import { expect, it } from 'vitest';
import { keepSchedules } from '#runs/index';
import { withStoreFaults } from '#store/fault-injection';
import { firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

it('what a schedule is seen to is looked at again after an outage', async () => {
  const here = await firm(
    hrAndDirectory({ top: 'schedule: { "*": "* * * * *" }\n', read: 'displayName: name', written: 'cn: displayName' }),
  );
  const stop = new AbortController();
  try {
    const store = withStoreFaults(here.store, { script: [{ on: 'claims.get', times: 1, do: { refuse: 'busy' } }] });
    const told: string[] = [];
    const kept = keepSchedules(
      {
        by: 'schedule',
        tell({ what }) {
          told.push(what);
          if (what === 'trouble') stop.abort();
        },
      },
      { config: here.config, store, wall: () => here.now, signal: stop.signal },
    );
    await kept;
    expect(told).toContain('trouble');
  } finally {
    await here.close();
  }
});
