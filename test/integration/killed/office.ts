/**
 * A small organisation with trouble in it, for processes that are killed: a target that names its accounts itself, does
 * things without saying so, answers late and refuses for a while; a file that is written whole, and one that
 * only grows. Each has two days.
 */
import { WRITTEN } from '../../store.ts';

const PEOPLE = 24;
const OPEN = { percent: 100, count: 1000 };
const GATES = ['create', 'update', 'disable', 'delete', 'member', 'attribute', 'empty'];

export const DAYS = [0, 1] as const;
export type Day = (typeof DAYS)[number];

export const OFFICE_YAML: string = JSON.stringify({
  store: WRITTEN,
  gates: Object.fromEntries(GATES.map((part) => [part, OPEN])),
  attributes: { person: { login: { unique: { candidates: logins(), uniqueIn: ['dir.uid'] } } } },
  life: { person: { grace: '10d' } },
  connections: {
    hr: {
      type: 'jsonl',
      path: 'hr.jsonl',
      kindField: 'kind',
      owner: true,
      import: {
        person: {
          join: 'employeeId',
          project: true,
          attributes: { employeeId: 'number', displayName: 'name', phone: 'phone', manager: { reference: 'boss' } },
        },
        group: { join: 'name', project: true, attributes: { name: 'name', member: { reference: 'members' } } },
      },
    },
    dir: {
      type: 'memory',
      system: 'dir',
      path: 'dir.journal',
      mode: 'on',
      anchors: 'system',
      creates: 'idempotencyKey',
      deltas: false,
      pageSize: 4,
      objects: [
        { anchor: 'old-1', attributes: { number: 'E01', cn: 'old name', uid: 'boss', enabled: 'yes' } },
        { anchor: 'old-2', attributes: { number: 'stranger', cn: 'Stranger', uid: 'stranger', enabled: 'yes' } },
        { kind: 'group', anchor: 'old-g', attributes: { name: 'Team 1', member: ['old-2'] } },
      ],
      faults: [
        { on: 'create', after: 3, times: 2, do: { die: 'after', how: 'unknown' } },
        { on: 'create', after: 7, times: 2, do: { die: 'before', how: 'unknown' } },
        { on: 'write', after: 10, times: 6, do: { late: 1 } },
        { on: 'create', after: 14, times: 2, do: { refuse: 'rateLimited' } },
        { on: 'update', after: 5, times: 1, do: { die: 'after', how: 'rest' } },
        { on: 'write', after: 30, times: 4, do: { late: 2 } },
        { on: 'read', after: 6, times: 1, do: { breakAfter: 3 } },
      ],
      import: {
        person: { join: 'employeeId', attributes: { employeeId: 'number' } },
        group: { join: 'name', attributes: { name: 'name' } },
      },
      export: {
        person: {
          provision: true,
          enabled: { attribute: 'enabled', on: 'yes', off: 'no' },
          attributes: { number: 'employeeId', cn: 'displayName', phone: 'phone', uid: 'login', manager: 'manager' },
        },
        group: { provision: true, attributes: { name: 'name', member: 'member' } },
      },
      deprovision: { action: 'disable' },
    },
    book: {
      type: 'csv',
      path: 'book.csv',
      anchor: 'id',
      mode: 'on',
      export: { person: { provision: true, attributes: { id: 'employeeId', name: 'displayName', phone: 'phone' } } },
      deprovision: { action: 'delete' },
    },
    log: {
      type: 'jsonl',
      path: 'log.jsonl',
      format: 'changes',
      mode: 'on',
      export: { person: { provision: true, anchor: 'employeeId', attributes: { name: 'displayName', phone: 'phone' } } },
      deprovision: { action: 'delete' },
    },
  },
});

function logins(): string[] {
  return ['', ' + string(n)'].map((counter) => `\${person.displayName.lower().split(" ")[0]${counter}}`);
}

/** What HR's file holds: on the second day people have joined, left, changed their names and their managers. */
export function hrOn(day: Day): string {
  const people = Array.from({ length: PEOPLE + 4 * day }, (_, i) => ({
    id: `p${i + 1}`,
    kind: 'person',
    number: `E${String(i + 1).padStart(2, '0')}`,
    name: `${['Ann', 'Bo', 'Élodie', '李'][i % 4]} ${day === 1 && i % 5 === 0 ? 'Newname' : `Number${i + 1}`}`,
    phone: day === 1 && i % 3 === 0 ? null : `030 ${i}`,
    boss: `p${((i * 7 + day) % PEOPLE) + 1}`,
  })).filter((_, i) => day === 0 || i % 6 !== 4);
  const groups = [1, 2, 3].map((n) => ({
    id: `g${n}`,
    kind: 'group',
    name: `Team ${n}`,
    members: people.map((one) => one.id).filter((_, i) => (i + day) % 3 === n - 1),
  }));
  return `${[...people, ...groups].map((one) => JSON.stringify(one)).join('\n')}\n`;
}
