/** `run --plan FILE`: exactly the changes in the file; what differs by now is left out, whole objects at a time, and listed. */
import { canonicalJson, parseImage } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { RollcallError } from '#core/errors';
import type { EngineContext, SyncOptions } from '#engine/index';
import type { ExportColumns } from '#store/contract';
import type { PlanLine } from './model.ts';

const MOST_LINES = 5_000_000;

export interface AcceptedPlan {
  readonly accept: NonNullable<SyncOptions['accept']>;
  /** Staged rows whose export may be sent. */
  readonly exports: number[];
}

/** Errors: invalidValue for a file that is no plan, or whose lines are not the ones its hash names. */
export async function acceptPlan(texts: readonly string[], context: EngineContext): Promise<AcceptedPlan> {
  const lines = parse(texts);
  const objects = new Map<number, Extract<PlanLine, { what: 'object' }>>();
  const wishes = new Set<string>();
  for (const line of lines) {
    if (line.what === 'object') objects.set(line.object, line);
    if (line.what === 'export' && line.object !== null)
      wishes.add(wishText(line.connection, line.object, line.operation, line.after));
  }
  const exports: number[] = [];
  const left = (label: string): void =>
    context.fault({
      kind: 'conflict',
      message: `${label} has changed since the plan was made; it is left out`,
      where: { object: label },
      remedy: 'make a new plan for it',
    });
  // Wishes decided by an earlier run stand in the plan too: they may be sent when they are still the same.
  for (const connection of context.connections)
    for (let after = 0; connection.exports.size > 0; ) {
      const page = await context.store.exports.list(connection.name, ['waiting'], { after, limit: 1_000 });
      for (const row of page) {
        if (row.objectId === null) continue;
        const wish = wishText(connection.name, row.objectId, row.export!.operation, afterOf(row.export!));
        if (wishes.has(wish)) exports.push(row.id);
        else left(`${connection.name} ${row.name ?? row.anchor ?? row.export!.wantedAnchor ?? `object ${row.objectId}`}`);
      }
      if (page.length < 1_000) break;
      after = page[page.length - 1]!.id;
    }
  return {
    exports,
    accept: (one, writes) => {
      const planned = objects.get(one.id);
      const change = writes.objects[0];
      if (change) {
        // A date that is awaited, or is over, is no change that a plan shows.
        const same = planned
          ? (planned.operation === 'create') === change.insert && sameAfter(planned, parseImage(change.attributes), change.state)
          : one.before?.attributes === change.attributes && one.before.state === change.state;
        if (!same) {
          left(`${one.kind} ${one.id}`);
          return false;
        }
      }
      for (const write of writes.staged) {
        if (!write.export) continue;
        const connection = write.insert?.connection ?? one.rows.find((row) => row.id === write.staged)?.connection ?? '';
        if (!wishes.has(wishText(connection, one.id, write.export.operation, afterOf(write.export)))) {
          left(`${one.kind} ${one.id}`);
          return false;
        }
        exports.push(write.staged);
      }
      return true;
    },
  };
}

function parse(texts: readonly string[]): readonly PlanLine[] {
  const bad = (message: string): RollcallError =>
    new RollcallError('invalidValue', message, { remedy: "give a file that 'rollcall plan --out FILE' wrote" });
  if (texts.length === 0 || texts.length > MOST_LINES) throw bad('the plan is empty or far too long');
  let lines: PlanLine[];
  try {
    lines = texts.filter((text) => text !== '').map((text) => JSON.parse(text) as PlanLine);
  } catch (cause) {
    throw new RollcallError('invalidValue', 'the plan is not JSON Lines', {
      cause,
      remedy: "give a file that 'rollcall plan --out FILE' wrote",
    });
  }
  const [head, ...rest] = lines;
  if (head?.what !== 'plan' || head.version !== 1) throw bad('the first line is not the head of a plan');
  if (sha256Hex(rest.map((line) => canonicalJson(line)).join('\n')) !== head.hash)
    throw bad('the lines of the plan are not those its hash names');
  return rest;
}

function afterOf(
  columns: Pick<ExportColumns, 'operation' | 'wanted' | 'wantedName'>,
): { readonly [attribute: string]: unknown } | null {
  if (columns.wanted === null) return null;
  const wanted = parseImage(columns.wanted);
  return columns.operation === 'update' && columns.wantedName !== null ? { ...wanted, '(name)': columns.wantedName } : wanted;
}

function wishText(connection: string, object: number, operation: string, after: unknown): string {
  return canonicalJson([connection, object, operation, after]);
}

function sameAfter(
  line: Extract<PlanLine, { what: 'object' }>,
  attributes: { readonly [name: string]: unknown },
  state: string,
): boolean {
  const after = line.after ?? {};
  for (const [name, value] of Object.entries(after)) {
    const now = name === '(state)' ? state : (attributes[name] ?? null);
    if (canonicalJson(now) !== canonicalJson(value)) return false;
  }
  return line.operation !== 'create' || Object.keys(attributes).every((name) => name in after);
}
