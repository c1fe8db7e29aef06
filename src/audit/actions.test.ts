/** What the guide says of events is what there is. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AUDIT_ACTIONS } from '#core/audit-actions';

it('docs/guide/audit.md names every event, and no other', () => {
  const guide = readFileSync(new URL('../../docs/guide/audit.md', import.meta.url), 'utf8');
  const [, table] = /\| action \| when \|\n.*\n((?:\|.*\n)+)/.exec(guide)!;
  const named = table!
    .split('\n')
    .flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
  expect(named.toSorted()).toEqual([...AUDIT_ACTIONS].sort());
});
