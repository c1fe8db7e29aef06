/** SEMANTICS 5. Time. */
import { type Case, days, disableThenDelete, hr, madeFor, source, target } from '../case.ts';
import { ann, dirFlows, enabled, simple } from './sample.ts';

export const time: readonly Case[] = [
  {
    says: '5: dates without time are inclusive; 11: expected, active, leaving, gone',
    config: {
      zone: 'Europe/Berlin',
      life: { person: { starts: 'startDate', ends: 'endDate', grace: '10d' } },
      connections: {
        hr: source({ ...simple, startDate: 'start', endDate: 'end' }),
        dir: target(dirFlows, enabled, { deprovision: disableThenDelete(5) }),
      },
    },
    systems: { hr: { a: { ...ann, start: '2026-03-02', end: '2026-03-03' } }, dir: {} },
    story: [
      'settle',
      { objects: { [hr('a')]: { state: 'expected' } }, systems: { dir: { [madeFor('a')]: undefined } } },
      days(1),
      'settle',
      { objects: { [hr('a')]: { state: 'active' } }, systems: { dir: { [madeFor('a')]: { enabled: 'yes' } } } },
      days(1),
      'settle',
      { objects: { [hr('a')]: { state: 'active' } } },
      days(1),
      'settle',
      { objects: { [hr('a')]: { state: 'leaving' } }, systems: { dir: { [madeFor('a')]: { enabled: 'no' } } } },
      days(4),
      'settle',
      { systems: { dir: { [madeFor('a')]: { enabled: 'no' } } } },
      days(1),
      'settle',
      { objects: { [hr('a')]: { state: 'leaving' } }, systems: { dir: { [madeFor('a')]: undefined } } },
      days(6),
      'settle',
      { objects: { [hr('a')]: { state: 'gone' } } },
    ],
  },
];
