/** SEMANTICS 11. A life. */
import { type Case, days, disableThenDelete, edit, hr, madeFor, put, remove, source, target } from '../case.ts';
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
