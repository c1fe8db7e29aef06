/** SEMANTICS 9. Writing. */
import { type Case, edit, ex, hr, madeFor, source, target } from '../case.ts';
import { ann, bo, dirFlows, simple } from './sample.ts';

export const writing: readonly Case[] = [
  {
    says: '9: a repair undone three times is given up and listed, also where only the next read shows it',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann }, dir: {} },
    manners: { dir: { rewrites: { cn: 'cut' } } },
    mute: ['dir'],
    story: ['settle', { parked: [`notConverging dir ${madeFor('a')}`], systems: { dir: { [madeFor('a')]: { cn: 'A' } } } }],
  },
  {
    says: '9: always repairs drift; ifEmpty, onCreate and observe do not',
    config: {
      connections: {
        hr: source({ ...simple, title: 'title', office: 'office' }),
        dir: target({
          cn: 'displayName',
          mail: { value: 'mail', strength: 'ifEmpty' },
          title: { value: 'title', strength: 'onCreate' },
          office: { value: 'office', strength: 'observe' },
        }),
      },
    },
    systems: { hr: { a: { ...ann, title: 'Dr', office: 'A1' } }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { cn: 'Ann', mail: 'ann@example.org', title: 'Dr', office: undefined } } } },
      edit('dir', 0, { cn: 'X', mail: 'x@example.org', title: null, office: 'Z' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { cn: 'Ann', mail: 'x@example.org', title: undefined, office: 'Z' } } } },
    ],
  },
  {
    says: '9: values ours removes only what Rollcall added',
    config: { connections: { hr: source({ aliases: 'nick' }), dir: target({ alias: { value: 'aliases', values: 'ours' } }) } },
    systems: { hr: { a: { ...ann, nick: ['k', 'a'] } }, dir: { x: { number: '1', alias: ['theirs'] } } },
    story: [
      'settle',
      { systems: { dir: { 'person:x': { alias: ['a', 'k', 'theirs'] } } } },
      edit('hr', 0, { nick: ['k'] }),
      'settle',
      { systems: { dir: { 'person:x': { alias: ['k', 'theirs'] } } } },
    ],
  },
  {
    says: "9: a DN's parent is onCreate unless move, the RDN is always",
    config: {
      connections: {
        hr: source({ ...simple, department: 'dep' }),
        dir: target(dirFlows, { name: ex('"cn=" + person.displayName + ",ou=" + person.department') }),
        moving: target(dirFlows, { name: ex('"cn=" + person.displayName + ",ou=" + person.department'), move: true }),
      },
    },
    systems: { hr: { a: { ...ann, dep: 'x' } }, dir: {}, moving: {} },
    story: [
      'settle',
      edit('hr', 0, { dep: 'y', name: 'Anna' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { name: 'cn=Anna,ou=x' } }, moving: { [madeFor('a')]: { name: 'cn=Anna,ou=y' } } } },
    ],
  },
  {
    says: '9: a value too long for the target is held for that person, the others go',
    config: { connections: { hr: source(simple), dir: target({ ...dirFlows, cn: { value: 'displayName', maxLength: 3 } }) } },
    systems: { hr: { a: { ...ann, name: 'Annabella' }, b: bo }, dir: {} },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: { mail: 'ann@example.org', cn: undefined }, [madeFor('b')]: { cn: 'Bo' } } } },
    ],
  },
  {
    says: '9: what a target refuses is parked, the others go',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, dir: {} },
    manners: { dir: { refuses: { cn: 'Ann' } } },
    story: [
      'settle',
      { systems: { dir: { [madeFor('a')]: undefined, [madeFor('b')]: { cn: 'Bo' } } }, parked: [`refused dir ${hr('a')}`] },
      edit('hr', 0, { name: 'Anna' }),
      'settle',
      { systems: { dir: { [madeFor('a')]: { cn: 'Anna' } } }, parked: [] },
    ],
  },
];
