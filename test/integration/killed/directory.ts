/**
 * A directory that is large enough to be read in many pages, and a source beside it. Both live on in files when the process
 * that works with them is killed; so does the snapshot that the directory keeps for a read that it was asked to go on with.
 */
import { WRITTEN } from '../../store.ts';

export const ACCOUNTS = 10_000;
export const PEOPLE = 200;
const OPEN = { percent: 100, count: 100_000 };
const GATES = ['create', 'update', 'disable', 'delete', 'member', 'attribute', 'empty'];

export const DIRECTORY_YAML: string = JSON.stringify({
  store: WRITTEN,
  gates: Object.fromEntries(GATES.map((part) => [part, OPEN])),
  connections: {
    hr: {
      type: 'memory',
      system: 'hr',
      path: 'hr.journal',
      owner: true,
      import: { person: { join: 'employeeId', project: true, attributes: { employeeId: 'number', displayName: 'name' } } },
    },
    dir: {
      type: 'memory',
      system: 'dir',
      path: 'dir.journal',
      mode: 'on',
      snapshots: true,
      pageSize: 500,
      import: { person: { join: 'employeeId', attributes: { employeeId: 'number' } } },
      export: {
        person: {
          provision: true,
          anchor: 'employeeId',
          attributes: { number: 'employeeId', cn: 'displayName' },
        },
      },
      deprovision: { action: 'delete' },
    },
  },
});

/** As a journal of the memory connector. */
export function journalOf(anchors: readonly string[]): string {
  const deeds = anchors.map((anchor) => ({
    put: {
      kind: 'person',
      anchor,
      attributes: [
        ['number', anchor],
        ['name', `Name of ${anchor}`],
      ],
    },
  }));
  return deeds.map((deed) => `${JSON.stringify(deed)}\n`).join('');
}

export const accounts = (): string[] => Array.from({ length: ACCOUNTS }, (_, i) => `d${i}`);
export const people = (): string[] => Array.from({ length: PEOPLE }, (_, i) => `p${i}`);

type Deed = {
  readonly put?: { readonly anchor: string };
  readonly gone?: readonly [string, string];
  readonly all?: readonly Deed[];
};

/** Anchors of what is there after all that a journal tells of. */
export function left(journal: string): Set<string> {
  const there = new Set<string>();
  const replay = (deed: Deed): void => {
    if (deed.put) there.add(deed.put.anchor);
    if (deed.gone) there.delete(deed.gone[1]);
    for (const one of deed.all ?? []) replay(one);
  };
  for (const line of journal.split('\n')) if (line !== '') replay(JSON.parse(line) as Deed);
  return there;
}
