/** Groups whose memberships are kept somewhere: their target rows, and where their members come from. */
import type { ExportFlow, ExportRule, KindRules, ObjectScope, ReferenceBy } from '#rules/model';
import type { ObjectId, ObjectRow, StagedRow } from '#store/contract';
import { clockOf, connectionNamed, type EngineConnection, type EngineContext } from '../../context.ts';
import { referenceKey } from '../../import/staging.ts';
import { type Contributor, contributorOf, orderContributors } from '../contributions.ts';
import { outagesOf } from '../outages.ts';
import { storedScopes } from '../scope.ts';
import { targetsOf } from '../targets.ts';

export interface Group {
  readonly object: ObjectRow;
  /** What export rules see of it. */
  readonly scope: ObjectScope;
  readonly rows: readonly StagedRow[];
  readonly rules: KindRules;
}

/** One target group to be kept. */
export interface Kept {
  readonly connection: EngineConnection;
  readonly flow: ExportFlow;
  readonly row: StagedRow;
}

/** Where a membership attribute of one group comes from, in order of precedence. */
export interface Source {
  readonly row: StagedRow;
  readonly connection: EngineConnection;
  readonly attribute: string;
  readonly reference: ReferenceBy;
}

export function hasMemberships(rules: KindRules): boolean {
  for (const type of rules.attributes.values()) if (type.type === 'reference' && type.multi) return true;
  return false;
}

export async function loadGroups(context: EngineContext, ids: readonly ObjectId[]): Promise<Group[]> {
  const objects = await context.store.sync.objects(ids);
  const rows = Map.groupBy(await context.store.sync.linked(ids), (row) => row.objectId);
  const known = objects.filter((object) => context.kinds.has(object.kind));
  const scopes = await storedScopes(context, known);
  return known.map((object) => ({
    object,
    scope: scopes.get(object.id)!,
    rules: context.kinds.get(object.kind)!,
    rows: rows.get(object.id) ?? [],
  }));
}

/** The target groups of a group that some membership flow keeps. One that is gone, or not wanted there, is left as it is. */
export function keptGroups(context: EngineContext, group: Group): Kept[] {
  const out: Kept[] = [];
  for (const { connection, rule } of targetsOf(context, group.object.kind)) {
    if (!isWanted(context, rule, group)) continue;
    const row = group.rows.find(
      (r) => r.connection === connection.name && r.kind === rule.to && r.presence !== 'gone' && !r.protected,
    );
    if (!row) continue;
    for (const flow of rule.flows) if (flow.reference?.multi) out.push({ connection, flow, row });
  }
  return out;
}

function isWanted(context: EngineContext, rule: ExportRule, { object, scope }: Group): boolean {
  if (object.state === 'leaving' || object.state === 'gone') return false;
  try {
    return rule.when(scope, clockOf(context));
  } catch {
    // What cannot be told is left as it is; the sync of the group says why.
    return false;
  }
}

/** Ranked: the first connection that contributes the attribute; merge: all of them. */
export function sourcesOf(context: EngineContext, group: Group, flow: ExportFlow): Source[] {
  const name = flow.reads[0]!;
  const clock = clockOf(context);
  const contributors: Contributor[] = [];
  for (const row of group.rows) {
    const connection = connectionNamed(context, row.connection);
    const contributor = connection && contributorOf(connection, row, outagesOf(context, row.connection), clock);
    if (contributor) contributors.push(contributor);
  }
  const type = group.rules.attributes.get(name);
  const rank = (c: Contributor): number => {
    const at = type?.rank.indexOf(c.connection.name) ?? -1;
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  const sources = orderContributors(contributors, clock)
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((contributor) =>
      contributor.rule.flows
        .filter((f) => f.attribute === name && f.reference !== null)
        .map((f) => ({
          row: contributor.row,
          connection: contributor.connection,
          attribute: f.reads[0]!,
          reference: f.reference!,
        })),
    );
  if (type?.strategy === 'merge' || sources.length < 2) return sources;
  return sources.filter((source) => source.connection === sources[0]!.connection);
}

/** In whose terms a changed membership's key is: the source's flow, or the target group's own attribute. */
export function referenceOf(context: EngineContext, row: StagedRow, attribute: string, kept: Kept): ReferenceBy | null {
  if (row.id === kept.row.id) {
    return { connection: kept.connection.name, by: kept.flow.reference!.by, kind: 'person' };
  }
  for (const rule of connectionNamed(context, row.connection)?.imports.values() ?? [])
    for (const edge of rule.edges) if (edge.attribute === attribute) return edge.reference;
  return null;
}

/** A member as the target writes it → the key of its edge. */
export function keyIn(kept: Kept, text: string): string {
  return referenceKey(text, kept.flow.reference!.by, 'exact');
}
