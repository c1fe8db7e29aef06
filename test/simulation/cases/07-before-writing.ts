/** SEMANTICS 7. Before anything is written. */
import { type Case, ex, hr, madeFor, put, remove, source, target } from '../case.ts';
import { ann, bo, dirFlows, enabled, simple } from './sample.ts';

export const beforeWriting: readonly Case[] = [
  {
    says: '7: existing accounts are joined first, and adopted',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, dir: { x: { number: '1', cn: 'Old Ann', note: 'kept' } } },
    story: [
      'settle',
      {
        links: { 'dir|person:x': hr('a') },
        systems: { dir: { 'person:x': { cn: 'Ann', note: 'kept' }, [madeFor('a')]: undefined, [madeFor('b')]: { cn: 'Bo' } } },
      },
    ],
  },
  {
    says: '7: a target that is only observed is not written',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann }, dir: { x: { number: '1', cn: 'Old Ann' } } },
    on: [],
    story: ['settle', { links: { 'dir|person:x': hr('a') }, systems: { dir: { 'person:x': { cn: 'Old Ann' } } } }],
  },
  {
    says: '7: a create whose name already exists in the target is parked',
    config: { connections: { hr: source(simple), dir: target(dirFlows, { name: ex('"cn=" + person.displayName + ",o=x"') }) } },
    systems: { hr: { a: ann }, dir: { x: { cn: 'another', $name: 'CN=Ann, o=x' } } },
    story: [
      'settle',
      {
        parked: [`accountExists dir ${hr('a')}`, 'unjoined dir person:x'],
        systems: { dir: { [madeFor('a')]: undefined, 'person:x': { cn: 'another' } } },
      },
    ],
  },
  {
    says: '7: only linked accounts are ever disabled or deleted',
    config: { connections: { hr: source(simple), dir: target(dirFlows, enabled, { deprovision: { action: 'delete' } }) } },
    systems: { hr: { a: ann, b: bo }, dir: { stranger: { number: '99', enabled: 'yes' } } },
    story: [
      'settle',
      remove('hr', 0),
      'settle',
      {
        systems: {
          dir: { 'person:stranger': { number: '99', enabled: 'yes' }, [madeFor('a')]: undefined, [madeFor('b')]: { cn: 'Bo' } },
        },
      },
    ],
  },
  {
    says: '7: an account that nobody claimed yet is joined by the person who arrives later, never doubled',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: {}, dir: { x: { number: '1', cn: 'Old Ann' } } },
    story: [
      'settle',
      { parked: ['unjoined dir person:x'] },
      put('hr', 'a', ann),
      'settle',
      {
        links: { 'dir|person:x': hr('a') },
        systems: { dir: { 'person:x': { cn: 'Ann' }, [madeFor('a')]: undefined } },
        parked: [],
      },
    ],
  },
];
