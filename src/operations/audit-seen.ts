/** What events of the audit log are about, and what of their values whoever asks sees. */
import type { SessionServices } from './operation.ts';
import type { Sight } from './shown.ts';

type Store = SessionServices['store'];
export type AuditRow = Awaited<ReturnType<Store['audit']['list']>>['events'][number];
type Staged = Awaited<ReturnType<Store['spaces']['byIds']>>[number];

export interface About {
  account(row: AuditRow): Staged | undefined;
  person(row: AuditRow): number | undefined;
  /** Whether an attribute is hidden. */
  hides(row: AuditRow): (name: string) => boolean;
}

export async function aboutOf(page: readonly AuditRow[], store: Store, sight: Sight): Promise<About> {
  const given = (ids: readonly (number | undefined)[]): number[] => [...new Set(ids.filter((id) => id !== undefined))];
  const staged = new Map((await store.spaces.byIds(given(page.map((one) => one.subject.stagedId)))).map((row) => [row.id, row]));
  const account = ({ subject }: AuditRow): Staged | undefined =>
    subject.stagedId === undefined ? undefined : staged.get(subject.stagedId);
  const person = (row: AuditRow): number | undefined => row.subject.objectId ?? account(row)?.objectId ?? undefined;
  const kinds = new Map((await store.sync.objects(given(page.map(person)))).map(({ id, kind }) => [id, kind]));
  return {
    account,
    person,
    hides(row) {
      const [of, id] = [account(row), person(row)];
      // Of accounts of people who sign in, and of tokens, nothing is hidden.
      if (/^(access|account|token)\./.test(row.action)) return () => false;
      if (of === undefined && (id === undefined || !kinds.has(id))) return sight.everywhere;
      const there = of === undefined ? null : sight.account({ ...of, object: of.objectId });
      const agreed = id === undefined || !kinds.has(id) ? null : sight.object({ id, kind: kinds.get(id)! });
      return (name) => there?.(name) === true || agreed?.(name) === true;
    },
  };
}

/** Values as they were noted. */
export function noted(text: string | null | undefined): unknown {
  return text === null || text === undefined ? null : JSON.parse(text);
}
