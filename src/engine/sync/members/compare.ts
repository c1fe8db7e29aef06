/** A group that is new, or new in a target, is compared as a stream, in pages (SEMANTICS 10). */
import type { EdgeWrite } from '#store/contract';
import type { EngineContext } from '../../context.ts';
import { accountsIn, referenceText } from '../accounts.ts';
import type { Generation } from '../generation.ts';
import { resolveKeys, theOne } from '../references.ts';
import { add, commitEdges, drop, edgePages, keep, Owed } from './edges.ts';
import { type Group, keptGroups, keyIn, loadGroups, sourcesOf } from './groups.ts';

/** Groups whose memberships are compared in full: those evaluated in this generation. */
export async function syncGroups(context: EngineContext, generation: Generation): Promise<void> {
  const ids = [...generation.groups];
  for (let i = 0; i < ids.length; i += 100) {
    await generation.pause();
    for (const group of await loadGroups(context, ids.slice(i, i + 100))) await compareGroup(context, generation, group);
  }
}

export async function compareGroup(context: EngineContext, generation: Generation, group: Group): Promise<void> {
  const owed = new Owed();
  for (const kept of keptGroups(context, group)) {
    const wanted = new Map<string, string>();
    for (const source of sourcesOf(context, group, kept.flow)) {
      for await (const page of edgePages(context, source.row.id, source.attribute)) {
        const edges = page.filter((edge) => edge.state === 'seen' && !(edge.ours && source.connection === kept.connection));
        const keys = edges.map((edge) => edge.key);
        const found = await resolveKeys(context, generation, source.reference, keys);
        const members = [...found.values()].flatMap((ids) => theOne(ids) ?? []);
        const accounts = await accountsIn(context, kept.connection.name, members);
        for (const edge of edges) {
          const id = theOne(found.get(edge.key));
          const text = id === undefined ? null : referenceText(accounts.get(id), kept.flow.reference!.by);
          owed.note(edge, text === null);
          if (text !== null) wanted.set(keyIn(kept, text), text);
        }
      }
    }
    const edges: EdgeWrite[] = [];
    for await (const page of edgePages(context, kept.row.id, kept.flow.attribute)) {
      for (const edge of page) {
        const text = wanted.get(edge.key);
        wanted.delete(edge.key);
        const write = text === undefined ? drop(kept, edge) : keep(kept, edge, text);
        if (write) edges.push(write);
      }
    }
    for (const [key, text] of wanted) edges.push(add(kept, key, text));
    await commitEdges(context, edges);
  }
  await commitEdges(context, owed.changes(context.now));
}
