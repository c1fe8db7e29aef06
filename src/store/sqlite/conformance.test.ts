import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type Place, storeConformance } from '../conformance.ts';
import { open } from './open.ts';

/** Every statement that the suite had prepared, by operation. */
const statements = new Map<string, Set<string>>();

function note(operation: string, shapes: readonly string[]): void {
  const known = statements.get(operation) ?? new Set();
  statements.set(operation, known);
  for (const shape of shapes) known.add(shape);
}

async function place(): Promise<Place & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-store-'));
  const path = join(folder, 'store.db');
  return {
    path,
    open: (options = {}) =>
      open({
        path,
        program: 'conformance',
        create: true,
        ...options,
        trace(operation, shapes) {
          note(operation, shapes);
          options.trace?.(operation, shapes);
        },
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

storeConformance({ test, place });

/** Those that are asked for a whole space, all objects, all runs, or a page of them. */
const WHOLE = ['cleanRuns', 'orderedIds', 'scan', 'scanObjects', 'counts', 'parkedCounts', 'refusals'];

// Left to itself the planner reads a whole connector space where it could go by id.
test('no operation reads a table through', async () => {
  const store = await place();
  await (await store.open()).close();
  const db = new DatabaseSync(store.path, { readOnly: true });
  const through = [...statements].flatMap(([operation, shapes]) =>
    WHOLE.includes(operation)
      ? []
      : [...shapes]
          .filter((sql) => /^\s*(select|with|update|delete|insert)/i.test(sql))
          .flatMap((sql) =>
            plan(db, sql)
              .filter(readsThrough)
              .map((detail) => `${operation}: ${detail}: ${sql}`),
          ),
  );
  db.close();
  await store.remove();
  expect(statements.size).toBeGreaterThan(30);
  expect(through).toEqual([]);
});

function plan(db: DatabaseSync, sql: string): string[] {
  return db
    .prepare(`explain query plan ${sql}`)
    .all()
    .map((row) => String(row['detail']));
}

function readsThrough(detail: string): boolean {
  return (
    /^SCAN (staged|object|reference|object_key|unique_key|pushed|pushed_key|[sork])\b(?! VIRTUAL)/.test(detail) ||
    /staged_connection \(connection=\?\)$/.test(detail)
  );
}
