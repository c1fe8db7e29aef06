/** Everything that the writer thread does, by name. Each is one transaction. */
import { addAccount, addLink, addSession, changeAccount, endSessions, redeemLink } from './accounts.ts';
import { appendAudit, cleanAudit, eraseAudit, sealAudit } from './audit.ts';
import { endClaim, keepClaim, takeClaim } from './claims.ts';
import { setTimesBack } from './clock.ts';
import { commit } from './commit.ts';
import { markDirty, putBlobs, recordDecision, revokeDecision } from './decisions.ts';
import { clearDone } from './dirty.ts';
import { decideEdges } from './edges.ts';
import { erase } from './erase.ts';
import { answer, markExports, take } from './exports.ts';
import { closeHold, openHold } from './gates.ts';
import { answerEdges, attemptEdges } from './members.ts';
import { spend } from './quotas.ts';
import { readmit } from './readmit.ts';
import { beginRun, cleanRuns, finishRun, progress, recordChanges, recordErrors, takeEpoch } from './runs.ts';
import { foldAgain, indexForSearch } from './search.ts';
import type { Session } from './session.ts';
import { addToBaseline, clearBitmap, markAbsent, saveBitmap, saveState } from './spaces.ts';
import { stage } from './stage.ts';
import { addToken, revokeToken, rotateToken, touchAccess } from './tokens.ts';
import { settleUnshown } from './unshown.ts';

function reserve(session: Session, { what, n }: { what: 'object' | 'staged'; n: number }): number {
  return session.reserve(what, n);
}

export const OPERATIONS: {
  readonly addAccount: typeof addAccount;
  readonly addLink: typeof addLink;
  readonly addSession: typeof addSession;
  readonly addToBaseline: typeof addToBaseline;
  readonly addToken: typeof addToken;
  readonly answer: typeof answer;
  readonly answerEdges: typeof answerEdges;
  readonly appendAudit: typeof appendAudit;
  readonly attemptEdges: typeof attemptEdges;
  readonly beginRun: typeof beginRun;
  readonly changeAccount: typeof changeAccount;
  readonly cleanAudit: typeof cleanAudit;
  readonly cleanRuns: typeof cleanRuns;
  readonly clearBitmap: typeof clearBitmap;
  readonly clearDone: typeof clearDone;
  readonly closeHold: typeof closeHold;
  readonly commit: typeof commit;
  readonly decideEdges: typeof decideEdges;
  readonly endSessions: typeof endSessions;
  readonly foldAgain: typeof foldAgain;
  readonly endClaim: typeof endClaim;
  readonly erase: typeof erase;
  readonly eraseAudit: typeof eraseAudit;
  readonly finishRun: typeof finishRun;
  readonly indexForSearch: typeof indexForSearch;
  readonly keepClaim: typeof keepClaim;
  readonly markAbsent: typeof markAbsent;
  readonly markDirty: typeof markDirty;
  readonly markExports: typeof markExports;
  readonly openHold: typeof openHold;
  readonly progress: typeof progress;
  readonly putBlobs: typeof putBlobs;
  readonly readmit: typeof readmit;
  readonly recordChanges: typeof recordChanges;
  readonly recordDecision: typeof recordDecision;
  readonly recordErrors: typeof recordErrors;
  readonly redeemLink: typeof redeemLink;
  readonly reserve: typeof reserve;
  readonly revokeDecision: typeof revokeDecision;
  readonly revokeToken: typeof revokeToken;
  readonly rotateToken: typeof rotateToken;
  readonly saveBitmap: typeof saveBitmap;
  readonly saveState: typeof saveState;
  readonly sealAudit: typeof sealAudit;
  readonly setTimesBack: typeof setTimesBack;
  readonly settleUnshown: typeof settleUnshown;
  readonly spend: typeof spend;
  readonly stage: typeof stage;
  readonly take: typeof take;
  readonly takeClaim: typeof takeClaim;
  readonly takeEpoch: typeof takeEpoch;
  readonly touchAccess: typeof touchAccess;
} = {
  addAccount,
  addLink,
  addSession,
  addToBaseline,
  addToken,
  answer,
  answerEdges,
  appendAudit,
  attemptEdges,
  beginRun,
  changeAccount,
  cleanAudit,
  cleanRuns,
  clearBitmap,
  clearDone,
  closeHold,
  commit,
  decideEdges,
  endSessions,
  foldAgain,
  endClaim,
  erase,
  eraseAudit,
  finishRun,
  indexForSearch,
  keepClaim,
  markAbsent,
  markDirty,
  markExports,
  openHold,
  progress,
  putBlobs,
  readmit,
  recordChanges,
  recordDecision,
  recordErrors,
  redeemLink,
  reserve,
  revokeDecision,
  revokeToken,
  rotateToken,
  saveBitmap,
  saveState,
  sealAudit,
  setTimesBack,
  settleUnshown,
  spend,
  stage,
  take,
  takeClaim,
  takeEpoch,
  touchAccess,
};

export type OperationName = keyof typeof OPERATIONS;
export type OperationInput<Name extends OperationName> = Parameters<(typeof OPERATIONS)[Name]>[1];
export type OperationResult<Name extends OperationName> = ReturnType<(typeof OPERATIONS)[Name]>;

/**
 * Answered when they are committed; they are durable once a later operation of another name is answered, or `durable`: the log is one
 * after the other. For what runs write for themselves. Whatever somebody outside hears of, or is sent, waits for one that is durable.
 */
export const EARLY: ReadonlySet<string> = new Set<OperationName>([
  'addToBaseline',
  'answer',
  'answerEdges',
  'beginRun',
  'clearBitmap',
  'clearDone',
  'commit',
  'decideEdges',
  'finishRun',
  'markAbsent',
  'progress',
  'putBlobs',
  'recordChanges',
  'recordErrors',
  'reserve',
  'saveBitmap',
  'settleUnshown',
  'stage',
  'take',
]);
