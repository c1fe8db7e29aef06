export {
  asksSomebody,
  type DeliveredSecret,
  type EngineConnection,
  type EngineContext,
  NOTICE_KINDS,
  type NoticeKind,
  type Unfinished,
} from './context.ts';
export { createCounters } from './counts.ts';
export { type ExportOutcome, type ExportScope, exportConnection } from './export/export.ts';
export { againUntil, tryRefused } from './export/refused.ts';
export { hasUnanswered } from './import/absence.ts';
export { afterChanges, beforeFirstRead } from './import/again.ts';
export { importChanges, importConnection } from './import/import.ts';
export { createLines } from './import/lines.ts';
export { stagePushes } from './import/push.ts';
export { receiveTogether } from './import/receive.ts';
export { looksUp, lookUpAccounts, waitingDeletes } from './lifecycle/look-first.ts';
export { gateConnection, gateRows } from './safety/gates.ts';
export { type Mode, modeIn, modeOf } from './safety/mode.ts';
export { PARKED_KINDS, type ParkedKind } from './safety/parked.ts';
export { changeDigest } from './safety/parts.ts';
export { forgetAhead, isTimeDoubted } from './safety/time.ts';
export { isClosed } from './safety/window.ts';
export { isMissing } from './sync/missing.ts';
export { type SyncOptions, sync } from './sync/sync.ts';
export { MOST_TAKEN } from './sync/taken.ts';
export { ownersFresh } from './sync/targets.ts';
export { createTurns, type Turn, type Turns } from './turns.ts';
