/** SEMANTICS 1. What a result depends on: nobody is guessed. */
import { type Case, edit, ex, hr, madeFor, put, source, target } from '../case.ts';
import { ann, badge, bo, dirFlows, simple, twoWay } from './sample.ts';

export const result: readonly Case[] = [
  {
    says: '1: keys that name several objects are parked, never guessed',
    config: {
      connections: {
        hr: source(simple),
        badge,
        dir: target(dirFlows),
      },
    },
    systems: {
      hr: { a: ann, b: { ...bo, mail: 'ANN@example.org' } },
      badge: { t: { mail: 'ann@example.org', tel: '7' } },
      dir: {},
    },
    story: [
      'settle',
      { parked: ['ambiguous badge person:t'], systems: { dir: { [madeFor('a')]: { phone: undefined } } } },
      edit('hr', 1, { mail: 'bo@example.org' }),
      'settle',
      { parked: [], systems: { dir: { [madeFor('a')]: { phone: '7' } } } },
    ],
  },
  {
    says: '1: a link whose key names several by now is doubtful: listed, and not changed, until it names one again',
    config: { connections: { hr: source(simple), badge, dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, badge: { t: { mail: 'ann@example.org', tel: '7' } }, dir: {} },
    story: [
      'settle',
      { parked: [], links: { 'badge|person:t': hr('a') } },
      edit('hr', 1, { mail: 'ANN@example.org' }),
      'settle',
      { parked: ['linkDoubtful badge person:t'], links: { 'badge|person:t': hr('a') } },
      edit('hr', 1, { mail: 'bo@example.org' }),
      'settle',
      { parked: [] },
      put('hr', 'c', { id: '3', name: 'Cy', mail: 'ann@example.org' }),
      'settle',
      { parked: ['linkDoubtful badge person:t'], systems: { dir: { [madeFor('a')]: { phone: '7' } } } },
      edit('hr', 2, { mail: null }),
      'settle',
      { parked: [] },
    ],
  },
  {
    says: '1: a link is doubtful where several come to have its key at once',
    config: { connections: { hr: source(simple), badge, dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, badge: { t: { mail: 'ann@example.org' } }, dir: {} },
    story: [
      'settle',
      edit('hr', 0, { mail: 'new@example.org' }),
      edit('hr', 1, { mail: 'new@example.org' }),
      edit('badge', 0, { mail: 'new@example.org' }),
      'settle',
      { parked: ['linkDoubtful badge person:t'], links: { 'badge|person:t': hr('a') } },
    ],
  },
  {
    says: '1: a link whose key is gone, or names somebody else, is doubtful',
    config: { connections: { hr: source(simple), badge, dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, badge: { t: { mail: 'ann@example.org', tel: '7' } }, dir: {} },
    story: [
      'settle',
      edit('badge', 0, { mail: null }),
      'settle',
      { parked: ['linkDoubtful badge person:t'], links: { 'badge|person:t': hr('a') } },
      edit('badge', 0, { mail: 'bo@example.org' }),
      'settle',
      { parked: ['linkDoubtful badge person:t'], links: { 'badge|person:t': hr('a') } },
      edit('badge', 0, { mail: 'Ann@example.org' }),
      'settle',
      { parked: [] },
    ],
  },
  {
    says: '1: what a deleted account said is withdrawn with it',
    config: {
      connections: {
        hr: source({ displayName: 'name', department: 'dep' }),
        dir: target(
          dirFlows,
          { when: ex('person.active && person.department == "Sales"') },
          { ...twoWay('phone'), deprovision: { action: 'delete' } },
        ),
      },
    },
    systems: { hr: { a: { ...ann, dep: 'Sales' } }, dir: { x: { number: '1', phone: '7' } } },
    story: [
      'settle',
      { objects: { [hr('a')]: { attributes: { phone: '7' } } } },
      edit('hr', 0, { dep: 'Research' }),
      'settle',
      { systems: { dir: { 'person:x': undefined } }, objects: { [hr('a')]: { attributes: { phone: undefined } } } },
    ],
  },
];
