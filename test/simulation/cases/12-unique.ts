/** SEMANTICS 12. Unique values. */
import { type Case, edit, ex, hr, madeFor, source, target } from '../case.ts';

const NAME = ex('person.displayName.lower()');
const NUMBERED = ex('person.displayName.lower() + string(n)');
const login = (...candidates: readonly string[]): object => ({
  person: { login: { unique: { candidates, uniqueIn: ['dir.uid'] } } },
});

export const unique: readonly Case[] = [
  {
    says: '12: made once and kept, unique over people and staged targets, decided by (rank, anchor); a rename keeps it',
    config: {
      attributes: login(NAME, NUMBERED),
      connections: { hr: source({ displayName: 'name' }), dir: target({ uid: 'login', cn: 'displayName' }) },
    },
    systems: {
      hr: { b: { id: '2', name: 'ANN' }, a: { id: '1', name: 'Ann' }, c: { id: '3', name: 'Bo' } },
      dir: { x: { uid: 'BO' } },
    },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { uid: 'ann' }, [madeFor('b')]: { uid: 'ann2' }, [madeFor('c')]: { uid: 'bo2' } } } },
      edit('hr', 0, { name: 'Zoe' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { uid: 'ann', cn: 'Zoe' } } } },
    ],
  },
  {
    says: "12: an adopted account's value is taken over",
    config: {
      attributes: login(NAME, NUMBERED),
      connections: { hr: source({ displayName: 'name' }), dir: target({ uid: 'login', cn: 'displayName' }) },
    },
    systems: { hr: { a: { id: '1', name: 'Ann' } }, dir: { x: { number: '1', uid: 'oldann' } } },
    story: [
      'settle',
      {
        objects: { [hr('a')]: { attributes: { login: 'oldann' } } },
        systems: { dir: { 'person:x': { uid: 'oldann', cn: 'Ann' } } },
      },
    ],
  },
  {
    says: "12: an adopted account's value that another person has is parked, and the account keeps it",
    config: {
      attributes: login(NAME),
      connections: { hr: source({ displayName: 'name' }), dir: target({ uid: 'login', cn: 'displayName' }) },
    },
    systems: {
      hr: { a: { id: '1', name: 'Ann' }, b: { id: '2', name: 'Bo' } },
      dir: { x: { number: '1', uid: 'same' }, y: { number: '2', uid: 'SAME' } },
    },
    story: [
      'settle',
      {
        objects: { [hr('a')]: { attributes: { login: 'same' } }, [hr('b')]: { attributes: { login: undefined } } },
        systems: { dir: { 'person:y': { uid: 'SAME', cn: 'Bo' } } },
        parked: [`uniqueTaken - ${hr('b')}`],
      },
    ],
  },
];
