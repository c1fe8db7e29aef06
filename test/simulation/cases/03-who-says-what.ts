/** SEMANTICS 3. Who says what. */
import { type Case, days, edit, hr, madeFor, put, remove, source, target } from '../case.ts';
import { ann, bo, clearing, dirFlows, latest, simple, twoWay } from './sample.ts';

export const whoSaysWhat: readonly Case[] = [
  {
    says: '3: absent: the next in rank wins; a value of the first in rank beats it',
    config: {
      connections: {
        hr: source(simple),
        badge: source({ phone: 'tel', mail: 'mail' }, { project: false }, { owner: false }),
        dir: target(dirFlows),
      },
    },
    systems: { hr: { a: ann }, badge: { b: { id: '1', tel: '77', mail: 'other@example.org' } }, dir: {} },
    story: ['settle', { systems: { dir: { [madeFor('a')]: { phone: '77', mail: 'ann@example.org' } } } }],
  },
  {
    says: '3: known to be empty clears what the target had of its own; absent leaves it alone',
    config: { connections: { hr: source({ ...simple, phone: clearing }), dir: target(dirFlows) } },
    systems: {
      hr: { a: { ...ann, phone: null }, b: bo },
      dir: { x: { number: '1', phone: '11' }, y: { number: '2', phone: '22' } },
    },
    story: ['settle', { systems: { dir: { 'person:x': { phone: undefined }, 'person:y': { phone: '22' } } } }],
  },
  {
    says: '3: empty falls through by default',
    config: {
      connections: {
        hr: source(simple),
        badge: source({ phone: 'tel' }, { project: false }, { owner: false }),
        dir: target(dirFlows),
      },
    },
    systems: { hr: { a: { ...ann, phone: '11' } }, badge: { b: { id: '1', tel: '77' } }, dir: {} },
    story: ['settle', edit('hr', 0, { phone: null }), 'settle', { systems: { dir: { [madeFor('a')]: { phone: '77' } } } }],
  },
  {
    says: '3: merge is the union of sets',
    config: {
      attributes: { person: { aliases: { strategy: 'merge' } } },
      connections: {
        hr: source({ aliases: 'nick' }),
        badge: source({ aliases: 'nick' }, { project: false }, { owner: false }),
        dir: target({ alias: 'aliases' }),
      },
    },
    systems: { hr: { a: { ...ann, nick: ['k', 'a'] } }, badge: { b: { id: '1', nick: ['z', 'k'] } }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { alias: ['a', 'k', 'z'] } } } },
      edit('badge', 0, { nick: ['k'] }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { alias: ['a', 'k'] } } } },
    ],
  },
  {
    says: '3: no echo: a value cleared at its origin disappears from every two-way copy in one cycle',
    config: {
      connections: {
        hr: source(simple),
        dir: target(dirFlows, {}, twoWay('phone')),
        other: target(dirFlows, {}, twoWay('phone')),
      },
    },
    systems: { hr: { a: { ...ann, phone: '11' } }, dir: {}, other: {} },
    story: [
      'settle',
      { systems: { other: { [madeFor('a')]: { phone: '11' } } } },
      edit('hr', 0, { phone: null }),
      'settle',
      {
        systems: { dir: { [madeFor('a')]: { phone: undefined } }, other: { [madeFor('a')]: { phone: undefined } } },
        objects: { [hr('a')]: { attributes: { phone: undefined } } },
      },
    ],
  },
  {
    says: '3: different from what we put there = a local edit, which contributes',
    config: {
      connections: {
        hr: source(simple),
        dir: target(dirFlows, {}, twoWay('phone')),
        other: target(dirFlows, {}, twoWay('phone')),
      },
    },
    systems: { hr: { a: ann }, dir: {}, other: {} },
    story: [
      'settle',
      edit('dir', 0, { phone: '22' }),
      'settle',
      { systems: { other: { [madeFor('a')]: { phone: '22' } } } },
      edit('other', 0, { phone: null }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { phone: '22' } }, other: { [madeFor('a')]: { phone: '22' } } } },
    ],
  },
  {
    says: '3: an edit that sets back what we once put there is an edit still',
    config: {
      attributes: latest,
      connections: {
        hr: source(simple),
        dir: target(dirFlows, {}, twoWay(clearing)),
        other: target(dirFlows, {}, twoWay(clearing)),
      },
    },
    systems: { hr: { a: ann }, dir: { d: { number: '1', phone: '11' } }, other: {} },
    story: [
      'settle',
      { systems: { other: { [madeFor('a')]: { phone: '11' } } } },
      days(1),
      edit('other', 0, { phone: '22' }),
      'settle',
      { systems: { dir: { 'person:d': { phone: '22' } } } },
      days(1),
      edit('other', 0, { phone: '11' }),
      'settle',
      { systems: { dir: { 'person:d': { phone: '11' } }, other: { [madeFor('a')]: { phone: '11' } } } },
    ],
  },
  {
    says: '3: latest orders by the time first seen; what its last editor cleared survives nowhere',
    config: {
      attributes: latest,
      connections: { hr: source({ ...simple, phone: clearing }), dir: target(dirFlows, {}, twoWay(clearing)) },
    },
    systems: { hr: { a: { ...ann, phone: '11' } }, dir: {} },
    story: [
      'settle',
      days(1),
      edit('dir', 0, { phone: '22' }),
      'settle',
      { objects: { [hr('a')]: { attributes: { phone: '22' } } } },
      days(1),
      edit('dir', 0, { phone: null }),
      'settle',
      {
        objects: { [hr('a')]: { attributes: { phone: undefined } } },
        systems: { dir: { [madeFor('a')]: { phone: undefined } } },
      },
    ],
  },
  {
    says: "3: a target's rewriting of our value is never an edit",
    config: {
      connections: {
        hr: source({ ...simple, phone: clearing }),
        dir: target(dirFlows, {}, twoWay('phone')),
        other: target(dirFlows),
      },
    },
    systems: { hr: { a: { ...ann, phone: '11' } }, dir: {}, other: {} },
    manners: { dir: { rewrites: { phone: 'cut' } } },
    story: [
      'settle',
      { objects: { [hr('a')]: { attributes: { phone: '11' } } }, parked: [`notConverging dir ${madeFor('a')}`] },
      edit('hr', 0, { phone: null }),
      'settle',
      {
        objects: { [hr('a')]: { attributes: { phone: undefined } } },
        systems: { other: { [madeFor('a')]: { phone: undefined } } },
      },
    ],
  },
  {
    says: '3: without many the second is parked; when the first goes it joins',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: { ...ann, name: 'Ann II' } }, dir: {} },
    story: [
      'settle',
      { parked: ['second hr person:b'], systems: { dir: { [madeFor('a')]: { cn: 'Ann' } } } },
      remove('hr', 0),
      'settle',
      { links: { 'hr|person:b': hr('a') }, objects: { [hr('a')]: { state: 'active', attributes: { displayName: 'Ann II' } } } },
    ],
  },
  {
    says: '3, 1: the place that the first leaves is that of the next one by anchor, though a new row comes in the same cycle',
    config: { connections: { hr: source(simple) } },
    systems: { hr: { a: ann, b: { ...ann, name: 'Ann II' } } },
    story: [
      'settle',
      remove('hr', 0),
      put('hr', 'c', { ...ann, name: 'Ann III' }),
      'settle',
      { parked: ['second hr person:c'], objects: { [hr('a')]: { attributes: { displayName: 'Ann II' } } } },
    ],
  },
  {
    says: '3: one that comes back when the second has joined is the second itself, until that goes',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann }, dir: {} },
    story: [
      'settle',
      remove('hr', 0),
      'settle',
      put('hr', 'b', { ...ann, name: 'Ann II' }),
      'settle',
      put('hr', 'a', ann),
      'settle',
      { parked: ['second hr person:a'], objects: { [hr('b')]: { attributes: { displayName: 'Ann II' } } } },
      remove('hr', 1),
      'settle',
      { parked: [], objects: { [hr('a')]: { attributes: { displayName: 'Ann' } } } },
    ],
  },
  {
    says: '3: without many the second joins when the filter takes the first no more, which is the second when it comes back',
    config: {
      connections: {
        hr: source(simple, { filter: 'row.status != "out"' }),
        dir: target(dirFlows, {}, { deprovision: { action: 'delete' } }),
      },
    },
    systems: { hr: { a: ann, b: { ...ann, name: 'Ann II' } }, dir: {} },
    story: [
      'settle',
      { parked: ['second hr person:b'] },
      edit('hr', 0, { status: 'out' }),
      'settle',
      { parked: [], links: { 'hr|person:b': hr('a') }, systems: { dir: { [madeFor('a')]: { cn: 'Ann II' } } } },
      edit('hr', 0, { status: 'in' }),
      'settle',
      { parked: ['second hr person:a'], objects: { [hr('b')]: { attributes: { displayName: 'Ann II' } } } },
      edit('hr', 1, { status: 'out' }),
      'settle',
      { parked: [], objects: { [hr('a')]: { attributes: { displayName: 'Ann' } } } },
    ],
  },
  {
    says: '3: without many a row whose key changed as the filter left it frees the place by the key its person had',
    config: { connections: { hr: source(simple, { filter: 'row.status != "out"' }), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: { ...ann, name: 'Ann II' } }, dir: {} },
    story: ['settle', edit('hr', 0, { id: '9', status: 'out' }), 'settle', { parked: [], links: { 'hr|person:b': hr('a') } }],
  },
  {
    says: '3: without many the second joins on the day the filter takes the first no more',
    config: {
      connections: { hr: source(simple, { filter: 'row.until == null || row.until >= today()' }), dir: target(dirFlows) },
    },
    systems: { hr: { a: { ...ann, until: '2026-03-02' }, b: { ...ann, name: 'Ann II' } }, dir: {} },
    story: [
      'settle',
      { parked: ['second hr person:b'] },
      days(2),
      'settle',
      { parked: [], links: { 'hr|person:b': hr('a') }, objects: { [hr('a')]: { state: 'active' } } },
    ],
  },
  {
    says: '3: with many they join, the primary first, or aggregated',
    config: {
      connections: {
        hr: source({ ...simple, endDate: 'end' }, { many: true, primary: ['row.main'], aggregates: { endDate: 'max' } }),
        dir: target(dirFlows),
      },
    },
    systems: {
      hr: { a: { ...ann, main: false, end: '2026-05-01' }, b: { ...ann, name: 'Ann II', main: true, end: '2026-04-01' } },
      dir: {},
    },
    story: ['settle', { objects: { [hr('a')]: { attributes: { displayName: 'Ann II', endDate: '2026-05-01' } } }, parked: [] }],
  },
  {
    says: '3: one account per person and connection',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann }, dir: { x: { number: '1' }, y: { number: '1', cn: 'double' } } },
    story: [
      'settle',
      {
        parked: ['duplicateAccount dir person:y'],
        systems: { dir: { 'person:x': { cn: 'Ann' }, 'person:y': { cn: 'double' } } },
      },
    ],
  },
  {
    says: '3: who has an account besides a protected one is joined with that one',
    config: {
      connections: {
        hr: source(simple),
        dir: target(
          dirFlows,
          {},
          { import: { person: { join: 'employeeId', protect: 'row.admin == "yes"', attributes: { employeeId: 'number' } } } },
        ),
      },
    },
    systems: {
      hr: { a: ann, b: bo },
      dir: { x: { number: '1', admin: 'yes' }, y: { number: '1' }, z: { number: '2', admin: 'yes' } },
    },
    story: [
      'settle',
      {
        links: { 'dir|person:x': undefined, 'dir|person:y': hr('a'), 'dir|person:z': hr('b') },
        parked: ['duplicateAccount dir person:x'],
        systems: { dir: { 'person:x': { cn: undefined }, 'person:y': { cn: 'Ann' }, 'person:z': { cn: undefined } } },
      },
    ],
  },
];
