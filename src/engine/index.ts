export type { EngineConnection, EngineContext, NoticeKind } from './context.ts';
export { type Counters, type Counts, createCounters } from './counts.ts';
export { exportConnection } from './export/export.ts';
export { importConnection } from './import/import.ts';
export { gateConnection } from './safety/gates.ts';
export { modeOf } from './safety/mode.ts';
export { PARKED_KINDS, type ParkedKind } from './safety/parked.ts';
export { changeDigest } from './safety/parts.ts';
export { type SyncOptions, sync } from './sync/sync.ts';
