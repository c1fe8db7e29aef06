/**
 * Which rows each writing operation may look at: loaded into the working copy before it runs. What is left out here is not
 * there for the operation, so each names all that it could find, by sets, in a number of statements that is always the same.
 */
import type { OperationInput, OperationName } from '../writes/operations.ts';
import {
  loadAddAccount,
  loadAddLink,
  loadAddSession,
  loadChangeAccount,
  loadEndSessions,
  loadRedeemLink,
  loadToken,
  loadTouch,
} from './loads/access.ts';
import { loadErased, loadSegment } from './loads/audit.ts';
import { loadClaim, loadTakenClaim } from './loads/claims.ts';
import { loadCommit, loadDone } from './loads/commit.ts';
import { loadDecision, loadHold } from './loads/decisions.ts';
import { loadErase, loadReadmitted } from './loads/erase.ts';
import { loadAnswer, loadLate, loadMarked, loadTake, loadUnshown } from './loads/exports.ts';
import { loadAnswerEdges, loadDecideEdges } from './loads/members.ts';
import { loadQuota } from './loads/quotas.ts';
import { loadBeginRun, loadFinishRun, loadRun, loadTakeEpoch } from './loads/runs.ts';
import { loadAbsent, loadBitmap, loadBlobs, loadPages, loadStage } from './loads/spaces.ts';
import type { Loader } from './working-copy.ts';

/** Those that are one statement of their own need no working copy. */
export type Copied = Exclude<OperationName, 'indexForSearch' | 'foldAgain' | 'cleanAudit' | 'cleanRuns'>;

/** They only add rows, or write those that are always there. */
const nothing = (): Promise<void> => Promise.resolve();

export const LOADS: { readonly [Name in Copied]: (loader: Loader, input: OperationInput<Name>) => Promise<void> } = {
  addAccount: loadAddAccount,
  addLink: loadAddLink,
  addSession: loadAddSession,
  addToBaseline: nothing,
  addToken: nothing,
  answer: loadAnswer,
  answerEdges: loadAnswerEdges,
  appendAudit: nothing,
  attemptEdges: nothing,
  beginRun: loadBeginRun,
  changeAccount: loadChangeAccount,
  clearBitmap: loadPages,
  clearDone: loadDone,
  closeHold: loadHold,
  commit: loadCommit,
  decideEdges: loadDecideEdges,
  endSessions: loadEndSessions,
  endClaim: loadClaim,
  erase: loadErase,
  eraseAudit: loadErased,
  finishRun: loadFinishRun,
  keepClaim: loadClaim,
  markAbsent: loadAbsent,
  markDirty: nothing,
  markExports: loadMarked,
  openHold: nothing,
  progress: loadRun,
  putBlobs: loadBlobs,
  readmit: loadReadmitted,
  recordChanges: nothing,
  recordDecision: nothing,
  recordErrors: nothing,
  redeemLink: loadRedeemLink,
  reserve: nothing,
  revokeDecision: loadDecision,
  revokeToken: loadToken,
  rotateToken: loadToken,
  saveBitmap: loadBitmap,
  saveState: nothing,
  setTimesBack: loadLate,
  settleUnshown: loadUnshown,
  sealAudit: loadSegment,
  spend: loadQuota,
  stage: loadStage,
  take: loadTake,
  takeClaim: loadTakenClaim,
  takeEpoch: loadTakeEpoch,
  touchAccess: loadTouch,
};
