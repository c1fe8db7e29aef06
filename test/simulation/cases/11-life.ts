/** SEMANTICS 11. A life. */
import { type Case, days, disableThenDelete, edit, ex, hr, madeFor, put, remove, source, target } from '../case.ts';
import { ann, bo, dirFlows, enabled, simple } from './sample.ts';

export const life: readonly Case[] = [
  {
    says: '11: when the last owner goes, values freeze; accounts in grace keep name and mail; a return revives id and account',
    config: {
      life: { person: { grace: '10d' } },
      connections: {
        hr: source(simple),
        badge: source({ phone: 'tel' }, { project: false }, { owner: false }),
        dir: target(dirFlows, enabled, { deprovision: disableThenDelete(20) }),
      },
    },
    systems: { hr: { a: ann, b: bo }, badge: { b1: { id: '1', tel: '77' } }, dir: {} },
    story: [
      'settle',
      remove('hr', 0),
      edit('badge', 0, { tel: '88' }),
      'settle',
      {
        objects: { [hr('a')]: { state: 'leaving', attributes: { displayName: 'Ann', phone: '77' } } },
        systems: { dir: { [madeFor('a')]: { cn: 'Ann', mail: 'ann@example.org', phone: '77', enabled: 'no' } } },
      },
      days(3),
      put('hr', 'a', { ...ann, name: 'Ann Again' }),
      'settle',
      {
        objects: { [hr('a')]: { state: 'active', attributes: { displayName: 'Ann Again', phone: '88' } } },
        systems: { dir: { [madeFor('a')]: { cn: 'Ann Again', enabled: 'yes' } } },
      },
    ],
  },
  {
    says: '11: others neither keep a person nor end one',
    config: {
      life: { person: { grace: '10d' } },
      connections: {
        hr: source(simple),
        badge: source({ phone: 'tel' }, { project: false }, { owner: false }),
        dir: target(dirFlows),
      },
    },
    systems: { hr: { a: ann, b: bo }, badge: { b1: { id: '1', tel: '77' }, b2: { id: '2' } }, dir: {} },
    story: [
      'settle',
      remove('badge', 0),
      remove('hr', 1),
      'settle',
      { objects: { [hr('a')]: { state: 'active', attributes: { phone: undefined } }, [hr('b')]: { state: 'leaving' } } },
    ],
  },
  {
    says: '11: when one owner of several goes, its values are withdrawn and the next in rank win',
    config: { connections: { hr: source(simple), temps: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, temps: { t: { id: '1', name: 'Ann T', phone: '5' } }, dir: {} },
    story: [
      'settle',
      { objects: { [hr('a')]: { attributes: { displayName: 'Ann', phone: '5' } } } },
      remove('hr', 0),
      'settle',
      {
        objects: { [hr('a')]: { state: 'active', attributes: { displayName: 'Ann T', mail: undefined } } },
        systems: { dir: { [madeFor('a')]: { cn: 'Ann T', mail: undefined } } },
      },
    ],
  },
  {
    says: '11: who is leaving is deprovisioned, whatever else `when` says',
    config: {
      life: { person: { grace: '10d' } },
      connections: {
        hr: source({ ...simple, department: 'dep' }),
        dir: target(dirFlows, { ...enabled, when: 'person.department == "Sales"' }, { deprovision: { action: 'disable' } }),
      },
    },
    systems: { hr: { a: { ...ann, dep: 'Sales' }, b: bo }, dir: {} },
    story: [
      'settle',
      remove('hr', 0),
      'settle',
      { objects: { [hr('a')]: { state: 'leaving' } }, systems: { dir: { [madeFor('a')]: { enabled: 'no' } } } },
    ],
  },
  {
    says: '11: where nobody is an owner nobody leaves by being absent',
    config: {
      connections: {
        hr: { ...source(simple), owner: false },
        dir: target(dirFlows, enabled, { deprovision: { action: 'delete' } }),
      },
    },
    systems: { hr: { a: ann, b: bo }, dir: {} },
    story: ['settle', remove('hr', 0), 'settle', { systems: { dir: { [madeFor('a')]: { enabled: 'yes' } } } }],
  },
  {
    says: '11: whom no owner ever held has nothing to freeze: values follow, unique ones are made, until an owner held them and went',
    config: {
      life: { person: { grace: '10d' } },
      attributes: { person: { login: { unique: { candidates: [ex('person.displayName.lower()')] } } } },
      connections: {
        hr: source({ displayName: 'name' }),
        temps: source({ ...simple, manager: { reference: 'boss' } }, {}, { owner: false }),
        dir: target({ ...dirFlows, uid: 'login' }, enabled, { deprovision: { action: 'disable' } }),
      },
    },
    systems: { hr: { b: bo }, temps: { t: { ...ann, boss: 'u' } }, dir: { x: { number: '1', enabled: 'yes' } } },
    story: [
      'settle',
      {
        objects: {
          'temps|person:t': { state: 'leaving', attributes: { displayName: 'Ann', login: 'ann', phone: undefined } },
          [hr('b')]: { state: 'active', attributes: { login: 'bo' } },
        },
        systems: { dir: { 'person:x': { enabled: 'no', uid: undefined }, [madeFor('b')]: { uid: 'bo' } } },
      },
      edit('temps', 0, { name: 'Ann Too', phone: '5' }),
      put('temps', 'u', { id: '3', name: 'Una' }),
      'settle',
      {
        objects: {
          'temps|person:t': {
            state: 'leaving',
            attributes: { displayName: 'Ann Too', login: 'ann', manager: ['temps|person:u'] },
          },
          'temps|person:u': { state: 'leaving', attributes: { login: 'una' } },
        },
      },
      days(4),
      put('hr', 'a', { id: '1', name: 'Ann Berg' }),
      'settle',
      {
        objects: { [hr('a')]: { state: 'active', attributes: { displayName: 'Ann Berg', phone: '5' } } },
        systems: { dir: { 'person:x': { cn: 'Ann Berg', uid: 'ann', phone: '5', enabled: 'yes' } } },
      },
      remove('hr', 0),
      edit('temps', 0, { phone: '6' }),
      'settle',
      { objects: { [hr('a')]: { state: 'leaving', attributes: { displayName: 'Ann Berg', phone: '5' } } } },
      days(6),
      edit('temps', 1, { phone: '7' }),
      'settle',
      {
        objects: {
          [hr('a')]: { state: 'leaving', attributes: { phone: '5' } },
          'temps|person:u': { state: 'gone', attributes: { phone: '7', login: 'una' } },
        },
      },
      days(4),
      'settle',
      { objects: { [hr('a')]: { state: 'gone', attributes: { displayName: 'Ann Berg', phone: '5' } } } },
    ],
  },
  {
    says: '11: who begins without an owner and is held at once, by a connection that is looked at later, has left by its dates',
    config: {
      life: { person: { ends: 'endDate', grace: '10d' } },
      connections: {
        temps: source({ displayName: 'name' }, {}, { owner: false }),
        hr: source({ endDate: 'end' }),
        dir: target(dirFlows),
      },
    },
    systems: {
      temps: { s: { id: '2', name: 'Bo' }, t: { id: '1', name: 'Ann' }, u: { id: '3', name: 'Una' } },
      hr: { a: { id: '1', end: '2026-02-10' } },
      dir: {},
    },
    story: [
      'settle',
      {
        objects: {
          'temps|person:t': { state: 'gone', attributes: { displayName: 'Ann', endDate: '2026-02-10' } },
          'temps|person:s': { state: 'leaving' },
        },
      },
    ],
  },
  {
    says: '11: of a group too: whom no owner ever held has nothing to freeze',
    config: {
      connections: {
        hr: source(simple, {}, { import: { group: { join: 'name', project: true, attributes: { name: 'name' } } } }),
        teams: {
          import: { group: { join: 'name', project: true, attributes: { name: 'name', description: 'text' } } },
        },
      },
    },
    systems: { hr: { 'group:g': { name: 'Team' } }, teams: { 'group:t': { name: 'Crew', text: 'a' } } },
    story: [
      'settle',
      put('teams', 'group:t', { name: 'Crew', text: 'b' }),
      'settle',
      { objects: { 'teams|group:t': { attributes: { description: 'b' } }, 'hr|group:g': { state: 'active' } } },
    ],
  },
  {
    says: '11: an account that someone enabled by hand meanwhile is parked, not deleted',
    config: {
      connections: {
        hr: source(simple),
        dir: target(dirFlows, enabled, { deprovision: disableThenDelete(5) }),
      },
    },
    systems: { hr: { a: ann, b: bo }, dir: {} },
    story: [
      'settle',
      remove('hr', 0),
      'settle',
      { systems: { dir: { [madeFor('a')]: { enabled: 'no' } } } },
      put('dir', 'x', { number: '9' }),
      days(6),
      edit('dir', 0, { enabled: 'yes' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { enabled: 'yes' } } } },
    ],
  },
  {
    says: '11: a return by join key, under another anchor, revives the account',
    config: {
      life: { person: { grace: '10d' } },
      connections: {
        hr: source({ ...simple, manager: { reference: 'boss' } }, { many: true }),
        dir: target({ ...dirFlows, manager: 'manager' }, enabled, { deprovision: { action: 'disable' } }),
      },
    },
    systems: { hr: { a: ann, b: bo }, dir: {} },
    story: [
      'settle',
      remove('hr', 0),
      'settle',
      { systems: { dir: { [madeFor('a')]: { enabled: 'no' } } } },
      days(2),
      put('hr', 'z', { ...ann, boss: 'a' }),
      'settle',
      {
        links: { 'hr|person:z': hr('a') },
        objects: { [hr('a')]: { state: 'active' } },
        systems: { dir: { [madeFor('a')]: { enabled: 'yes' } } },
      },
    ],
  },
];
