/** What is older than it is to be kept goes every night. */
import { nextTime } from '#core/cron';
import { removeOld } from '#operations/clean';
import type { Chore } from '#runs/index';
import type { Services } from '#runs/model';

const ITSELF = { kind: 'system', name: 'rollcall', token: null, source: null } as const;
/** At a time that hardly anything else has. */
const CRON = '17 3 * * *';

/** By one process of those that share a store, once a night. */
export function retention(services: Services & { readonly signal: AbortSignal }): Chore {
  const { zone } = services.config;
  return {
    name: 'what is too old',
    timetable: { missed: 'once', detail: `${CRON} ${zone}`, next: (after) => nextTime(CRON, zone, after) },
    async do() {
      await removeOld(services, ITSELF);
    },
  };
}
