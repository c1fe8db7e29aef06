/** SEMANTICS 2. Two kinds of equal. */
import { type Case, hr, madeFor, source, target } from '../case.ts';
import { ann, dirFlows, simple } from './sample.ts';

export const equal: readonly Case[] = [
  {
    says: '2: equivalent values join',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: { ...ann, id: 'E1 É' } }, dir: { x: { number: 'e1 e\u0301', cn: 'old' } } },
    story: [
      'settle',
      {
        links: { 'dir|person:x': hr('a') },
        systems: { dir: { 'person:x': { cn: 'Ann', number: 'E1 É' }, [madeFor('a')]: undefined } },
      },
    ],
  },
  {
    says: '2: a target that answers an exact wish with an equivalent value has converged',
    config: { connections: { hr: source(simple), dir: target(dirFlows) } },
    systems: { hr: { a: ann }, dir: {} },
    manners: { dir: { rewrites: { mail: 'upper' } } },
    story: ['settle', { systems: { dir: { [madeFor('a')]: { mail: 'ANN@EXAMPLE.ORG' } } }, parked: [] }],
  },
];
