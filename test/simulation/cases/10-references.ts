/** SEMANTICS 10. References and groups. */
import { type Case, edit, ex, hr, madeFor, put, remove, source, target } from '../case.ts';
import { ann, bo, simple } from './sample.ts';

/** A source of groups too, each with its members; `read` of its people besides their number. */
const hrWithGroups = (read: object): object => ({
  owner: true,
  import: {
    person: { join: 'employeeId', project: true, attributes: { employeeId: 'id', ...read } },
    group: { join: 'name', project: true, attributes: { name: 'name', member: { reference: 'members' } } },
  },
});

/** A target of both; `written` of its people besides their number. */
const dirWithGroups = (
  written: object,
  person: object = {},
  group: object = {},
  groupRead: object = { join: 'name' },
): object => ({
  mode: 'on',
  import: {
    person: { join: 'employeeId', attributes: { employeeId: 'number' } },
    group: { ...groupRead, attributes: { name: 'name' } },
  },
  export: {
    person: { provision: true, attributes: { number: 'employeeId', ...written }, ...person },
    group: { provision: true, attributes: { name: 'name', member: 'member' }, ...group },
  },
});

export const references: readonly Case[] = [
  {
    says: '10: nobody waits for what somebody who leaves refers to: the agreed values are frozen',
    config: {
      connections: {
        hr: source({ ...simple, manager: { reference: 'boss' } }, {}, { owner: false }),
        temps: source(simple),
        dir: target({ cn: 'displayName', manager: 'manager' }),
      },
    },
    systems: { hr: { a: { ...ann, boss: 'nobody' } }, temps: { t: ann }, dir: {} },
    story: ['settle', { parked: [`debt hr ${hr('a')}`] }, remove('temps', 0), 'settle', { parked: [] }],
  },
  {
    says: "10: references are exported in the target's own terms; an unresolved one is debt and resolves by itself",
    config: {
      connections: {
        hr: source({ ...simple, manager: { reference: 'boss' } }),
        dir: target({ cn: 'displayName', manager: 'manager' }),
      },
    },
    systems: { hr: { a: { ...ann, boss: 'b' }, c: { id: '3', boss: 'nobody' } }, dir: {} },
    story: [
      'settle',
      {
        systems: { dir: { [madeFor('a')]: { manager: undefined } } },
        parked: [`debt hr ${hr('a')}`, `debt hr ${hr('c')}`],
      },
      put('hr', 'b', { ...bo, boss: 'a' }),
      'settle',
      {
        systems: {
          dir: { [madeFor('a')]: { manager: `made for ${hr('b')}` }, [madeFor('b')]: { manager: `made for ${hr('a')}` } },
        },
      },
      edit('hr', 0, { boss: null }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { manager: undefined }, [madeFor('b')]: { manager: `made for ${hr('a')}` } } } },
    ],
  },
  {
    says: "10: debt leaves the target's value alone; only a reference that the source removed clears",
    config: {
      connections: {
        hr: source({ ...simple, manager: { reference: 'boss' } }),
        dir: target({ cn: 'displayName', manager: 'manager' }),
      },
    },
    systems: { hr: { a: { ...ann, boss: 'b' }, b: bo }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { manager: `made for ${hr('b')}` } } } },
      edit('hr', 0, { boss: 'unknown' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { manager: `made for ${hr('b')}` } } }, parked: [`debt hr ${hr('a')}`] },
    ],
  },
  {
    says: '10: a person who manages herself is carried',
    config: { connections: { hr: source({ ...simple, manager: { reference: 'boss' } }), dir: target({ manager: 'manager' }) } },
    systems: { hr: { a: { ...ann, boss: 'a' } }, dir: {} },
    story: ['settle', { systems: { dir: { [madeFor('a')]: { manager: `made for ${hr('a')}` } } }, parked: [] }],
  },
  {
    says: '10: membership follows the source, person by person; whoever has no account yet is debt',
    config: {
      connections: {
        hr: hrWithGroups({ displayName: 'name' }),
        dir: dirWithGroups({ cn: 'displayName' }, { when: 'person.active && person.displayName != "Bo"' }),
      },
    },
    systems: { hr: { a: ann, b: bo, 'group:g': { name: 'Team', members: ['a', 'b', 'nobody'] } }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { name: 'Team', member: [`made for ${hr('a')}`] } } } },
      edit('hr', 1, { name: 'Bob' }),
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { member: [`made for ${hr('a')}`, `made for ${hr('b')}`] } } } },
      { do: 'member', connection: 'hr', which: 0, member: 'a' },
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { member: [`made for ${hr('b')}`] } } } },
    ],
  },
  {
    says: '10: a member whose account was made again under another anchor is written again',
    config: {
      connections: {
        hr: hrWithGroups({ displayName: 'name' }),
        dir: dirWithGroups({ cn: 'displayName' }),
      },
    },
    systems: { hr: { a: ann, 'group:g': { name: 'Team', members: ['a'] } }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { member: [`made for ${hr('a')}`] } } } },
      remove('dir', 0),
      'settle',
      { systems: { dir: { [madeFor('a')]: { cn: 'Ann' }, 'group:made for hr|group:g': { member: [`made for ${hr('a')}`] } } } },
    ],
  },
  {
    says: '10: a group that somebody deleted in a target is made again with its members',
    config: { connections: { hr: hrWithGroups({ displayName: 'name' }), dir: dirWithGroups({ cn: 'displayName' }) } },
    systems: { hr: { a: ann, 'group:g': { name: 'Team', members: ['a'] } }, dir: {} },
    story: [
      'settle',
      { do: 'delete', connection: 'dir', which: 0, kind: 'group' },
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { name: 'Team', member: [`made for ${hr('a')}`] } } } },
    ],
  },
  {
    says: '10: a group that left its source, or is not wanted any more, keeps its members; groups in groups are exported nested',
    config: {
      connections: {
        hr: hrWithGroups({}),
        dir: { ...dirWithGroups({}, {}, { when: ex('group.name != "shut"') }, {}), deprovision: { action: 'none' } },
      },
    },
    systems: {
      hr: { a: ann, 'group:g': { name: 'G', members: ['a', 'h'] }, 'group:h': { name: 'H', members: ['h', 'a'] } },
      dir: {},
    },
    story: [
      'settle',
      {
        systems: {
          dir: {
            'group:made for hr|group:g': { member: ['made for hr|group:h', 'made for hr|person:a'] },
            'group:made for hr|group:h': { member: ['made for hr|group:h', 'made for hr|person:a'] },
          },
        },
      },
      { do: 'delete', connection: 'hr', which: 1, kind: 'group' },
      'settle',
      {
        systems: { dir: { 'group:made for hr|group:h': { member: ['made for hr|group:h', 'made for hr|person:a'] } } },
        parked: [],
      },
      { do: 'put', connection: 'hr', object: { kind: 'group', anchor: 'g', attributes: { name: 'shut', members: [] } } },
      'settle',
      {
        systems: { dir: { 'group:made for hr|group:g': { name: 'G', member: ['made for hr|group:h', 'made for hr|person:a'] } } },
      },
    ],
  },
  {
    says: '10: a member whose account was deleted is a member no more, in the same cycle',
    config: {
      connections: {
        hr: hrWithGroups({ department: 'dep' }),
        dir: {
          ...dirWithGroups({}, { when: ex('person.active && person.department == "Sales"') }),
          deprovision: { action: 'delete' },
        },
      },
    },
    systems: { hr: { a: { id: '1', dep: 'Sales' }, 'group:g': { name: 'Team', members: ['a'] } }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { 'group:made for hr|group:g': { member: [`made for ${hr('a')}`] } } } },
      edit('hr', 0, { dep: null }),
      'settle',
      { systems: { dir: { [madeFor('a')]: undefined, 'group:made for hr|group:g': { member: undefined } } } },
    ],
  },
];
