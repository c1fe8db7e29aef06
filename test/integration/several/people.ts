/** A thousand people, what happens to some of them while they are read, and what the runs find. */
import type { PushRequest } from '#runs/index';
import { type House, type Process, STORE } from './house.ts';

export const PEOPLE = 1_000;
export const NEW = 20;
/** Every so many somebody is told of, or decided about. */
const EVERY = 10;
const OPEN = { percent: 100, count: 100_000 };

export const PEOPLED_YAML = (tag: string): string =>
  JSON.stringify({
    store: STORE,
    gates: Object.fromEntries(['create', 'update', 'attribute', 'empty'].map((part) => [part, OPEN])),
    profiles: { whole: ['full-import', 'full-sync', 'export'] },
    connections: {
      hr: {
        type: 'memory',
        system: `hr${tag}`,
        owner: true,
        import: {
          person: {
            join: 'employeeId',
            project: true,
            attributes: {
              employeeId: 'id',
              displayName: 'name',
              title: 'title',
              manager: { reference: 'boss', by: 'employeeId' },
            },
          },
        },
      },
      badge: {
        type: 'memory',
        system: `badge${tag}`,
        import: { person: { join: 'employeeId', project: true, attributes: { employeeId: 'employee', phone: 'phone' } } },
      },
      dir: {
        type: 'memory',
        system: `dir${tag}`,
        import: { person: { join: 'employeeId', attributes: { employeeId: 'number' } } },
        export: {
          person: {
            provision: true,
            anchor: 'employeeId',
            attributes: {
              number: 'employeeId',
              cn: 'displayName',
              title: 'title',
              phone: 'phone',
              boss: '${person.manager.displayName}',
            },
          },
        },
      },
    },
  });

export const idOf = (i: number): string => `E${String(i).padStart(4, '0')}`;

function put(here: House, i: number, title: string): void {
  const boss = i % 7 === 0 ? null : idOf(i - (i % 7));
  here.system('hr').put('person', idOf(i), { id: idOf(i), name: `Name ${i}`, title, boss });
}

/** Everybody is there, with an account. */
export async function peopled(here: House, by: Process, count: number): Promise<void> {
  for (let i = 0; i < count; i++) put(here, i, 'Clerk');
  await by.run();
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
  await by.run();
  await by.end();
}

export type Deed =
  | { readonly what: 'push'; readonly push: Omit<PushRequest, 'by'> }
  | { readonly what: 'edit'; readonly anchor: string; readonly title: string };

/** Of one attribute of one person only one source says something, and a person's word outranks it. */
export function deeds(): Deed[] {
  const out: Deed[] = [];
  const push = (connection: string, change: PushRequest['change']): void =>
    void out.push({ what: 'push', push: { connection, change } });
  for (let i = 0; i < PEOPLE; i += EVERY) {
    if (i % 3 === 0) push('badge', { kind: 'person', anchor: `B${i}`, attributes: { employee: idOf(i), phone: `030 ${i}` } });
    else push('hr', { op: 'patch', kind: 'person', anchor: idOf(i), set: { name: `Renamed ${i}` } });
    if (i % 4 === 0) out.push({ what: 'edit', anchor: idOf(i), title: `Fixed ${i}` });
  }
  // Somebody new comes by a badge as well as in what the runs read, whoever is first.
  for (let i = PEOPLE; i < PEOPLE + NEW; i++)
    push('badge', { kind: 'person', anchor: `B${i}`, attributes: { employee: idOf(i), phone: `030 ${i}` } });
  return out;
}

/** What the runs find: everybody has another title, somebody is new. What is pushed is in the source by then. */
export function change(here: House, done: readonly Deed[]): void {
  for (let i = 0; i < PEOPLE + NEW; i++) put(here, i, `Head ${i % 5}`);
  for (const deed of done) {
    if (deed.what === 'edit') continue;
    const { connection, change } = deed.push;
    const system = here.system(connection);
    if (change.op === 'patch') system.edit('person', change.anchor, change.set as never);
    else if (change.op !== 'delete') system.put('person', change.anchor, change.attributes as never);
  }
}
