/** SEMANTICS 4. Who is looked at again. */
import { type Case, edit, hr, madeFor, put, source, target } from '../case.ts';
import { ann, badge, bo, dirFlows, simple } from './sample.ts';

export const lookedAtAgain: readonly Case[] = [
  {
    says: '4: a row whose key changes to that of a new row is one person with it, also in the same cycle',
    config: { connections: { hr: source(simple, { many: true, primary: ['row.main'] }), dir: target(dirFlows) } },
    systems: { hr: { a: { ...ann, main: true }, c: { id: '3', name: 'Cy' } }, dir: {} },
    story: [
      'settle',
      edit('hr', 0, { id: '2' }),
      put('hr', 'b', { id: '2', name: 'Bo' }),
      'settle',
      { parked: [], links: { 'hr|person:b': hr('a') }, objects: { [hr('a')]: { attributes: { displayName: 'Ann' } } } },
    ],
  },
  {
    says: '4: without many the new row is the second of the person whose key changed to its own',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann, c: { id: '3', name: 'Cy' } }, dir: {} },
    story: [
      'settle',
      edit('hr', 0, { id: '2' }),
      put('hr', 'b', { id: '2', name: 'Bo' }),
      'settle',
      { parked: ['second hr person:b'], links: { 'hr|person:b': undefined }, systems: { dir: { [madeFor('b')]: undefined } } },
    ],
  },
  {
    says: '4: a new row with the key that another row gave up in the same cycle is another person',
    config: { connections: { hr: source(simple, { many: true }), dir: target(dirFlows) } },
    systems: { hr: { a: ann, c: { id: '3', name: 'Cy' } }, dir: {} },
    story: [
      'settle',
      edit('hr', 0, { id: '2' }),
      put('hr', 'b', { id: '1', name: 'Bo' }),
      'settle',
      {
        parked: [],
        links: { 'hr|person:b': hr('b') },
        systems: { dir: { [madeFor('a')]: { number: '2' }, [madeFor('b')]: { number: '1' } } },
      },
    ],
  },
  {
    says: '4: a new row whose key two rows come to have in the same cycle is ambiguous',
    config: { connections: { hr: source(simple), badge, dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, badge: {}, dir: {} },
    story: [
      'settle',
      edit('hr', 1, { mail: 'ann@example.org' }),
      put('badge', 't', { mail: 'ann@example.org', tel: '7' }),
      'settle',
      { parked: ['ambiguous badge person:t'], links: { 'badge|person:t': undefined } },
    ],
  },
  {
    says: '4: a new row finds the person by a key that another row brings in the same cycle',
    config: {
      connections: {
        hr: source(simple, {}, {}),
        temps: source({ mail: 'mail' }, { project: false }, { owner: false }),
        staff: source({ mail: 'mail' }, { join: 'mail' }),
        dir: target(dirFlows),
      },
    },
    systems: { hr: { a: { id: '1', name: 'Ann' } }, temps: {}, staff: {}, dir: {} },
    story: [
      'settle',
      put('temps', 't', { id: '1', mail: 'ann@example.org' }),
      put('staff', 's', { id: '1', mail: 'ann@example.org' }),
      'settle',
      { parked: [], links: { 'temps|person:t': hr('a'), 'staff|person:s': hr('a') } },
    ],
  },
  {
    says: '4: a new row finds the person by a key that a row which waited for that person brings',
    config: {
      connections: {
        hr: source(simple),
        temps: source({ mail: 'mail' }, { project: false }, { owner: false }),
        staff: source({ mail: 'mail' }, { join: 'mail' }),
        dir: target(dirFlows),
      },
    },
    systems: { hr: {}, temps: { t: { id: '1', mail: 'ann@example.org' } }, staff: {}, dir: {} },
    story: [
      'settle',
      { parked: ['unjoined temps person:t'] },
      put('hr', 'a', { id: '1', name: 'Ann' }),
      put('staff', 's', { id: '1', mail: 'ann@example.org' }),
      'settle',
      { parked: [], links: { 'temps|person:t': hr('a'), 'staff|person:s': hr('a') } },
    ],
  },
  {
    says: '4, 1: of two rows that look for a new person the first by anchor joins, though it waited and the other is new',
    config: { connections: { hr: source(simple), badge } },
    systems: { hr: {}, badge: { s: { mail: ann.mail, tel: '1' } } },
    story: [
      'settle',
      put('hr', 'a', ann),
      put('badge', 't', { mail: ann.mail, tel: '2' }),
      'settle',
      { parked: ['second badge person:t'], links: { 'badge|person:s': hr('a') } },
    ],
  },
  {
    says: '4, 7: an account that waits is found by the person who is made of a row whose key was freed',
    config: {
      connections: {
        hr: source({ displayName: 'name', mail: 'mail' }, { filter: 'row.out != true' }, { owner: false }),
        temps: source({ displayName: 'name' }),
        dir: target({ mail: 'mail' }, {}, { import: { person: { join: 'mail', attributes: { mail: 'mail' } } } }),
      },
    },
    systems: {
      hr: { a: { id: '1', mail: 'a@example.org' }, b: { id: '1', mail: 'b@example.org' } },
      temps: {},
      dir: { x: { mail: 'b@example.org' } },
    },
    story: [
      'settle',
      { parked: ['second hr person:b', 'unjoined dir person:x'] },
      edit('hr', 0, { out: true }),
      'settle',
      { links: { 'hr|person:b': hr('b'), 'dir|person:x': hr('b') } },
    ],
  },
];
