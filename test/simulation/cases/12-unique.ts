/** SEMANTICS 12. Unique values. */
import { type Case, edit, ex, hr, madeFor, put, source, target } from '../case.ts';

const NAME = ex('person.displayName.lower()');
const NUMBERED = ex('person.displayName.lower() + string(n)');
const login = (...candidates: readonly string[]): object => ({
  person: { login: { unique: { candidates, uniqueIn: ['dir.uid'] } } },
});

/** Joined by the login that is made of a name. */
const BY_LOGIN = { person: { login: { unique: { candidates: [NAME, NUMBERED] } } } };
const crm = {
  owner: true,
  import: { person: { join: 'login', project: true, attributes: { login: 'user', phone: 'tel' } } },
};

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
    says: '12, 1: who waited for a key that somebody loses is served by (rank, anchor), before who is new in the same run',
    config: {
      attributes: login(NAME, NUMBERED),
      connections: { hr: source({ displayName: 'name' }), dir: target({ uid: 'login' }) },
    },
    systems: { hr: { a: { id: '1', name: 'Ann' }, b: { id: '1', name: 'Ann' } }, dir: {} },
    story: [
      'settle',
      { parked: ['second hr person:b'] },
      edit('hr', 0, { id: '2' }),
      put('hr', 'c', { id: '3', name: 'Ann' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { uid: 'ann' }, [madeFor('b')]: { uid: 'ann2' }, [madeFor('c')]: { uid: 'ann3' } } } },
    ],
  },
  {
    says: '12, 1: so is who waited for a place, where people follow a source that is no owner',
    config: {
      attributes: login(NAME, NUMBERED),
      connections: {
        hr: source({ displayName: 'name' }, { filter: 'row.out != true' }, { owner: false }),
        temps: source({ displayName: 'name' }),
        dir: target({ uid: 'login' }),
      },
    },
    systems: { hr: { a: { id: '1', name: 'Ann' }, b: { id: '1', name: 'Ann' } }, temps: {}, dir: {} },
    story: [
      'settle',
      edit('hr', 0, { out: true }),
      put('hr', 'c', { id: '3', name: 'Ann' }),
      'settle',
      { objects: { [hr('b')]: { attributes: { login: 'ann2' } }, [hr('c')]: { attributes: { login: 'ann3' } } } },
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
  {
    says: '12, 7: first contact: accounts that are there are joined by the value that is made',
    config: {
      attributes: BY_LOGIN,
      connections: {
        hr: source({ displayName: 'name' }),
        dir: target(
          { uid: 'login', cn: 'displayName' },
          {},
          { import: { person: { join: 'login', attributes: { login: 'uid' } } } },
        ),
      },
    },
    systems: {
      hr: { a: { id: '1', name: 'Ann' }, b: { id: '2', name: 'Bo' } },
      dir: { x: { uid: 'ANN', cn: 'old' }, y: { uid: 'zed' } },
    },
    story: [
      'settle',
      {
        parked: ['unjoined dir person:y'],
        links: { 'dir|person:x': hr('a') },
        systems: { dir: { 'person:x': { cn: 'Ann' }, [madeFor('a')]: undefined, [madeFor('b')]: { uid: 'bo' } } },
      },
    ],
  },
  {
    says: '12: who joins by a value that was made finds it, also in the run in which its person changes',
    config: {
      attributes: BY_LOGIN,
      connections: { hr: source({ displayName: 'name', title: 'title' }), crm, dir: target({ phone: 'phone', title: 'title' }) },
    },
    systems: { hr: { a: { id: '1', name: 'Ann' }, b: { id: '2', name: 'Bo' } }, crm: {}, dir: {} },
    story: [
      'settle',
      put('crm', 'c1', { user: 'ann', tel: '11' }),
      'settle',
      put('crm', 'c2', { user: 'bo', tel: '22' }),
      edit('hr', 1, { title: 'Boss' }),
      'settle',
      {
        links: { 'crm|person:c1': hr('a'), 'crm|person:c2': hr('b') },
        systems: { dir: { [madeFor('a')]: { phone: '11' }, [madeFor('b')]: { phone: '22', title: 'Boss' } } },
      },
    ],
  },
  {
    says: '12: who joins by a value that was made finds it, though another one is given in the same run',
    config: {
      attributes: BY_LOGIN,
      connections: {
        hr: source({ displayName: 'name', login: 'login' }),
        crm,
        dir: target({ uid: 'login', phone: 'phone' }),
      },
    },
    systems: { hr: { a: { id: '1', name: 'Ann' } }, crm: {}, dir: {} },
    story: [
      'settle',
      edit('hr', 0, { login: 'other' }),
      put('crm', 'c1', { user: 'ann', tel: '11' }),
      'settle',
      {
        objects: { [hr('a')]: { attributes: { login: 'ann', phone: '11' } } },
        links: { 'crm|person:c1': hr('a') },
      },
    ],
  },
  {
    says: '12, 4: what rules read of a value that was made for somebody else is what that one has, whoever comes first',
    config: {
      attributes: BY_LOGIN,
      connections: {
        hr: source({ displayName: 'name', title: 'title', manager: { reference: 'boss' } }),
        dir: target({ title: 'title', boss: ex('person.manager.login') }),
      },
    },
    systems: {
      hr: {
        a: { id: '1', name: 'Ann', boss: 'z' },
        b: { id: '2', name: 'Bo', boss: 'z' },
        c: { id: '3', name: 'Cy', boss: 'a' },
        z: { id: '9', name: 'Zoe', boss: 'z' },
      },
      dir: {},
    },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { boss: 'zoe' }, [madeFor('c')]: { boss: 'ann' }, [madeFor('z')]: { boss: 'zoe' } } } },
      edit('hr', 0, { title: 'Boss' }),
      edit('hr', 3, { title: 'Boss' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { boss: 'zoe', title: 'Boss' }, [madeFor('b')]: { boss: 'zoe' } } } },
    ],
  },
];
