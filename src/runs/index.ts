/**
 * Runs: profiles, plan, preview, hooks; the only caller of the engine. A run is one execution of a profile: its counts,
 * changes and errors are kept in the store. Called by operations.
 */

export { changeDigest, PARKED_KINDS, type ParkedKind } from '#engine/index';
export type { PushesReport } from './beside.ts';
export { inOrder } from './beside.ts';
export { type KeptOpen, keptOpen } from './kept-open.ts';
export { deaf, type LiveEvent, live } from './live.ts';
export { type Answered, answeredOnce, once } from './once.ts';
export { type PlanRequest, plan, planText } from './plan.ts';
export { type Preview, preview } from './preview.ts';
export { probe } from './probe.ts';
export { type Arrival, edited, type Pushed, type PushRequest, push, type ReceiveRequest } from './push.ts';
export { createRests, type Rests } from './rests.ts';
export { run } from './run.ts';
export { type Chore, type KeepRequest, type KeptEvent, keepSchedules } from './schedule/keep.ts';
export { lastOf, type ScheduleRun } from './schedule/last.ts';
export { createWakes, type WakeRequest, type Woken } from './wake.ts';
