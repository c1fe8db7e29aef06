/** A store whose commits are steps of a trace. */
import { traced } from '#core/tracing';
import type { Store } from './contract.ts';

export function tracedStore(store: Store): Store {
  const { sync, spaces, exports } = store;
  return {
    ...store,
    sync: {
      ...sync,
      commit: (batch) => traced('store commit', { 'rollcall.rows': batch.staged.length }, () => sync.commit(batch)),
    },
    spaces: {
      ...spaces,
      stage: (batch) => traced('store stage', { 'rollcall.rows': batch.items.length }, () => spaces.stage(batch)),
    },
    exports: {
      ...exports,
      take: (batch) => traced('store take', {}, () => exports.take(batch)),
      answer: (batch) => traced('store answer', { 'rollcall.rows': batch.answers.length }, () => exports.answer(batch)),
    },
  };
}
