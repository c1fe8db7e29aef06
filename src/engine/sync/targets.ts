/** The target side of a batch: loads the accounts that references need, makes wishes, and what is written of them. */
import { canonicalJson } from '#core/canonical';
import type { ExportRule } from '#rules/model';
import type { StagedWrite } from '#store/contract';
import { type EngineConnection, type EngineContext, stateOf } from '../context.ts';
import { nameKeys } from '../import/staging.ts';
import { accountsIn, referredIds } from './accounts.ts';
import { type Collision, claimedSoon, collisions } from './collisions.ts';
import { decisionsOn } from './decisions.ts';
import type { Evaluated } from './evaluate.ts';
import { type Generation, ON_THEIR_WAY } from './generation.ts';
import { ownersOf } from './life.ts';
import { knownOutages, outagesOf } from './outages.ts';
import { exportScopes } from './scope.ts';
import { type TargetView, takeBack, type Wish, wishFor } from './wishes.ts';

export interface TargetResult {
  readonly staged: readonly StagedWrite[];
  /** Earliest date a wish waits for, by object. */
  readonly due: ReadonlyMap<number, number>;
  /** Objects whose account appeared, was renamed or is gone: those that refer to them look again. */
  readonly moved: ReadonlySet<number>;
  /** Objects to be looked at once more: an account that waits for one of their new keys may be theirs. */
  readonly again: ReadonlySet<number>;
  /** By object waited for: those that refer to it and found no account. */
  readonly awaited: ReadonlyMap<number, readonly number[]>;
}

export function targetsOf(context: EngineContext, kind: string): { connection: EngineConnection; rule: ExportRule }[] {
  const out: { connection: EngineConnection; rule: ExportRule }[] = [];
  for (const connection of context.connections) {
    const rule = connection.exports.get(kind);
    if (rule) out.push({ connection, rule });
  }
  return out;
}

export async function wishesOf(
  context: EngineContext,
  generation: Generation,
  batch: readonly Evaluated[],
): Promise<TargetResult> {
  const scopes = await exportScopes(context, generation, batch);
  const staged: StagedWrite[] = [];
  generation.names = [new Map(), ...generation.names.slice(0, ON_THEIR_WAY)];
  const due = new Map<number, number>();
  const moved = new Set<number>();
  const again = new Set<number>();
  const awaited = new Map<number, number[]>();
  for (const one of batch) due.set(one.id, Math.min(one.life.due, one.clock.due));
  for (const kind of new Set(batch.map((one) => one.kind))) {
    const of = batch.filter((one) => one.kind === kind);
    for (const { connection, rule } of targetsOf(context, kind)) {
      const excluded = await excludedAccounts(context, generation, connection, of);
      const view: TargetView = {
        connection,
        rule,
        accounts: await accountsIn(
          context,
          connection.name,
          of.flatMap((one) => referredIds(rule, one.attributes)),
        ),
        excluded,
        promised: generation.promised.get(connection.name),
        links: generation.links,
        known: stateOf(context, connection.name).lastCompleteRead !== null,
        ownersFresh: ownersFresh(context, kind),
        outages: outagesOf(context, connection.name),
        out: knownOutages(context, connection.name),
      };
      const wishes = of.map((one) => ({ one, wish: wishFor(context, one, view, scopes.get(one.id)!) }));
      const taken = await collisions(context, generation, connection, wishes);
      const claimed = await claimedSoon(context, generation, connection, wishes);
      for (const { one, wish } of wishes) {
        // Rules record the dates they compare with while they are evaluated.
        due.set(one.id, Math.min(due.get(one.id)!, wish.due, one.clock.due));
        parkOthers(one, wish);
        staged.push(...takeBack(one, wish));
        for (const id of wish.awaits) awaited.set(id, [...(awaited.get(id) ?? []), one.id]);
        if (wish.awaits.length > 0 && wish.row?.presence === 'present') {
          // branch: parks debt: no account yet
          one.parked.push({ kind: 'debt', connection: connection.name, detail: canonicalJson({ accounts: wish.awaits }) });
        }
        if (one.rows.some((row) => row.connection === connection.name && generation.links.has(row.id))) moved.add(one.id);
        const write = wish.write;
        if (generation.lost.has(one.id)) moved.add(one.id);
        if (wish.again) again.add(one.id);
        const collision = taken.get(one.id);
        if (!write) {
          if (collision) staged.push(parkExisting(one, wish, collision)!);
          continue;
        }
        if (claimed.has(one.id) && write.export?.operation === 'create') {
          // branch: waits: an account joins first
          again.add(one.id);
          continue;
        }
        if (collision && write.export?.operation === 'create') {
          const taking = parkExisting(one, wish, collision);
          if (taking) staged.push(taking);
          continue;
        }
        if (write.export?.operation === 'create' || write.export?.wantedName) moved.add(one.id);
        if (write.export?.state === 'observed') {
          // branch: holds: mode observe
          context.counters.add(connection.name, 'observed');
        }
        staged.push(
          wish.row
            ? { ...write, ...renamedPending(context, wish, write), staged: wish.row.id }
            : inserted(context, one, wish, write),
        );
      }
    }
  }
  await giveIds(context, staged);
  linkRows(context, generation, batch, staged);
  return { staged, due, moved, awaited, again };
}

/** The account is not made; a wish for it that is there already is taken back. */
function parkExisting(one: Evaluated, { connection, row }: Wish, collision: Collision): StagedWrite | null {
  // branch: parks accountExists
  one.parked.push({ kind: 'accountExists', connection: connection.name, detail: canonicalJson(collision) });
  return row?.export ? { staged: row.id, expectRevision: row.revision, export: null } : null;
}

/** Further accounts of the same person in the target: they are left as they are until somebody decides. */
function parkOthers(one: Evaluated, { connection, rule, row }: Wish): void {
  if (connection.imports.get(one.kind)?.many) return;
  for (const other of one.rows)
    if (other.connection === connection.name && other.kind === rule.to && other.presence === 'present' && other.id !== row?.id) {
      // branch: parks duplicateAccount: linked already
      one.parked.push({
        kind: 'duplicateAccount',
        connection: connection.name,
        detail: canonicalJson({ anchor: other.anchor, object: one.id }),
      });
    }
}

/** Accounts that a person took out of Rollcall's hands. */
async function excludedAccounts(
  context: EngineContext,
  generation: Generation,
  connection: EngineConnection,
  batch: readonly Evaluated[],
): Promise<ReadonlySet<number>> {
  const ids = batch.flatMap((one) => one.rows.filter((row) => row.connection === connection.name).map((row) => row.id));
  const out = new Set<number>();
  for (const [id, decisions] of await decisionsOn(context, generation, ids))
    if (decisions.some((d) => d.kind === 'exclude')) out.add(id);
  return out;
}

/** A pending account: a staged row that the target does not have yet. Its id follows, with those of the whole batch. */
function inserted(context: EngineContext, one: Evaluated, wish: Wish, write: Omit<StagedWrite, 'staged'>): StagedWrite {
  const { wantedAnchor: anchor, wantedName: name } = write.export!;
  return {
    ...write,
    staged: 0,
    insert: {
      connection: wish.connection.name,
      kind: wish.rule.to,
      anchor,
      anchorDigest: anchor === null ? null : context.digester.anchor(wish.rule.to, anchor),
      name,
      nameKey: nameKeys(name).nameKey,
    },
    presence: 'pending',
    link: { object: one.id, how: 'provisioned', origin: 'created' },
  };
}

async function giveIds(context: EngineContext, staged: StagedWrite[]): Promise<void> {
  const fresh = staged.flatMap((write, i) => (write.insert ? [i] : []));
  if (fresh.length === 0) return;
  const first = await context.store.sync.reserve('staged', fresh.length);
  fresh.forEach((at, n) => {
    staged[at] = { ...staged[at]!, staged: first + n };
  });
}

/** An account that is still to be created takes the anchor and name that are wanted now. */
function renamedPending(context: EngineContext, wish: Wish, write: Omit<StagedWrite, 'staged'>): Pick<StagedWrite, 'renamed'> {
  if (write.export?.operation !== 'create') return {};
  const { wantedAnchor: anchor, wantedName: name } = write.export;
  if (anchor === wish.row!.anchor && name === wish.row!.name) return {};
  const anchorDigest = anchor === null ? null : context.digester.anchor(wish.rule.to, anchor);
  return { renamed: { anchor, anchorDigest, name, nameKey: nameKeys(name).nameKey } };
}

/** Links made in this generation are written with whatever else changes on the row. */
function linkRows(context: EngineContext, generation: Generation, batch: readonly Evaluated[], staged: StagedWrite[]): void {
  const at = new Map(staged.map((write, i) => [write.staged, i]));
  for (const one of batch)
    for (const row of one.rows) {
      if (!generation.links.has(row.id) || row.linkHow === null) continue;
      const exporting = context.connections.find((c) => c.name === row.connection)?.exports.has(one.kind) === true;
      // An account that somebody linked to another person stays one that Rollcall made, or found.
      const link = { object: one.id, how: row.linkHow, origin: row.origin ?? (exporting ? ('adopted' as const) : null) };
      if (exporting && row.origin === null) context.counters.add(row.connection, 'adopted');
      // What is known as ours of it may come from the link itself.
      const known = row.confirmed === null ? { link } : { confirmed: row.confirmed, link };
      const i = at.get(row.id);
      if (i !== undefined) staged[i] = { ...known, ...staged[i]!, link };
      else staged.push({ staged: row.id, expectRevision: row.revision, ...known });
    }
}

/** Owners of a kind were all read completely within their own limit. */
export function ownersFresh(context: EngineContext, kind: string): boolean {
  for (const name of ownersOf(context, kind)) {
    const connection = context.connections.find((c) => c.name === name)!;
    const at = stateOf(context, name).lastCompleteRead;
    // Nothing tells of it but what is pushed, and that is known.
    if (at === null && context.open(connection).read === undefined) continue;
    if (at === null || (!context.whatIf && context.now - at > connection.fullReadEveryMs)) return false;
  }
  return true;
}
