/** SEMANTICS 6. Gone. */
import { type Case, hr, source, target } from '../case.ts';
import { ann, bo, dirFlows, simple } from './sample.ts';

export const gone: readonly Case[] = [
  {
    says: '6: a row outside the filter says nothing and keeps nobody',
    config: { connections: { hr: source(simple, { filter: 'row.id != "2"' }), dir: target(dirFlows) } },
    systems: { hr: { a: ann, b: bo }, dir: {} },
    story: ['settle', { objects: { [hr('a')]: { state: 'active' }, [hr('b')]: undefined } }],
  },
];
