/** The command table: the only list of commands. */
import type { Command } from '../command.ts';
import { accountDisable, accountEnable, accountInvite, accountList, accountReset } from './accounts.ts';
import { approve, discard } from './approve.ts';
import { audit, auditErase, auditExport, auditHead, auditVerify, auditVerifyFile } from './audit.ts';
import { check } from './check.ts';
import { clean } from './clean.ts';
import { completion } from './completion.ts';
import { decisions, decisionsRevoke } from './decisions.ts';
import { explain } from './explain.ts';
import { history } from './history.ts';
import { hold, release } from './hold.ts';
import { init } from './init.ts';
import { fix, link, unlink } from './link.ts';
import { live } from './live.ts';
import { notifyTest } from './notify.ts';
import { parked, parkedDecide } from './parked.ts';
import { parkedDecideAll } from './parked-all.ts';
import { people } from './people.ts';
import { photo, photoSet } from './photo.ts';
import { plan } from './plan.ts';
import { preview } from './preview.ts';
import { edit, personNew, profile } from './profile.ts';
import { groups, members, reports } from './references.ts';
import { personErase, personExport, personReadmit } from './rights.ts';
import { run } from './run.ts';
import { runShow, runs } from './runs.ts';
import { schedule } from './schedule.ts';
import { serve } from './serve.ts';
import { tokenCreate, tokenList, tokenRevoke, tokenRotate } from './tokens.ts';

export const COMMANDS: readonly Command[] = [
  init,
  check,
  plan,
  preview,
  run,
  live,
  serve,
  approve,
  discard,
  hold,
  release,
  people,
  profile,
  edit,
  personNew,
  personExport,
  personErase,
  personReadmit,
  photo,
  photoSet,
  reports,
  groups,
  members,
  explain,
  history,
  runs,
  runShow,
  schedule,
  notifyTest,
  parked,
  parkedDecide,
  parkedDecideAll,
  link,
  unlink,
  fix,
  decisions,
  decisionsRevoke,
  accountInvite,
  accountList,
  accountDisable,
  accountEnable,
  accountReset,
  tokenCreate,
  tokenList,
  tokenRotate,
  tokenRevoke,
  audit,
  auditVerify,
  auditVerifyFile,
  auditHead,
  auditExport,
  auditErase,
  clean,
  completion(() => COMMANDS),
];
