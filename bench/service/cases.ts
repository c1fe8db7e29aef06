/** The cases of the suite `service`, in the order they are run. */
import { serveBeside } from './cases/beside.ts';
import { scimCreate } from './cases/create.ts';
import { scimGet } from './cases/get.ts';
import { scimList } from './cases/list.ts';
import { scimMember } from './cases/member.ts';
import { scimPatch } from './cases/patch.ts';
import { scimPush } from './cases/push.ts';
import { realTime } from './cases/real-time.ts';
import { peopleSearchHttp } from './cases/search.ts';
import { serveStart } from './cases/start.ts';
import type { ServiceCase } from './service-case.ts';

export const SERVICE_CASES: readonly ServiceCase[] = [
  scimCreate,
  scimGet,
  scimList,
  scimPatch,
  scimMember,
  scimPush,
  serveStart,
  serveBeside,
  realTime,
  peopleSearchHttp,
];
