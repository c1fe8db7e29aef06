/** Every operation that is carried out in a process that goes on, by name: what HTTP offers and the working thread does. */
import { accountDisable, accountEnable, accountInvite, accountList, accountReset } from './accounts.ts';
import { approve, discard } from './approve.ts';
import { audit } from './audit.ts';
import { auditErase, auditHead, auditVerify } from './audit-chain.ts';
import { auditLines } from './audit-lines.ts';
import { check } from './check.ts';
import { clean } from './clean.ts';
import { decisions, decisionsRevoke } from './decisions.ts';
import { edit, personNew } from './edit.ts';
import { explain } from './explain.ts';
import { fix } from './fix.ts';
import { history } from './history.ts';
import { hold, release } from './hold.ts';
import { link, unlink } from './link.ts';
import { members } from './members.ts';
import { notifyTest } from './notify-test.ts';
import type { Operation } from './operation.ts';
import { parked, parkedDecide } from './parked.ts';
import { parkedDecideAll } from './parked-all.ts';
import { people } from './people.ts';
import { personErase } from './person-erase.ts';
import { personExport } from './person-export.ts';
import { personReadmit } from './person-readmit.ts';
import { photo, photoSet } from './photo.ts';
import { plan } from './plan.ts';
import { preview } from './preview.ts';
import { profile } from './profile.ts';
import { groups, reports } from './reports.ts';
import { run } from './run.ts';
import { runShow } from './run-show.ts';
import { runs } from './runs.ts';
import { schedule } from './schedule.ts';
import { tokenCreate, tokenList, tokenRevoke, tokenRotate } from './tokens.ts';
import { waiting } from './waiting.ts';

/** `perform` checks what goes in. */
export type AnyOperation = Operation<unknown, object>;

export const OPERATIONS: ReadonlyMap<string, AnyOperation> = new Map(
  (
    [
      accountDisable,
      accountEnable,
      accountInvite,
      accountList,
      accountReset,
      approve,
      audit,
      auditErase,
      auditHead,
      auditLines,
      auditVerify,
      check,
      clean,
      decisions,
      decisionsRevoke,
      discard,
      edit,
      explain,
      fix,
      groups,
      history,
      hold,
      link,
      members,
      notifyTest,
      parked,
      parkedDecide,
      parkedDecideAll,
      people,
      personErase,
      personExport,
      personNew,
      personReadmit,
      photo,
      photoSet,
      plan,
      preview,
      profile,
      release,
      reports,
      run,
      runShow,
      runs,
      schedule,
      tokenCreate,
      tokenList,
      tokenRevoke,
      tokenRotate,
      unlink,
      waiting,
    ] as readonly AnyOperation[]
  ).map((operation) => [operation.name, operation]),
);

/** Whether it only reads: then it is done beside what works. */
export function onlyReads({ permission }: Pick<AnyOperation, 'permission'>): boolean {
  return permission.endsWith('.read');
}
