/** The same people as a change feed, with two groups, for the cases that look at the cost of a small change. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataRequest, employeeId, permutation, personOf, writeConfiguration, writer } from './data.ts';

export const SMALL_GROUP = 10;

/** Members of the large group: 100,000, or four fifths of a smaller organisation. */
export function largeGroup(people: number): number {
  return Math.min(100_000, Math.floor(people * 0.8));
}

export function writeFeed(request: DataRequest): void {
  mkdirSync(request.folder, { recursive: true });
  const order = request.keys === 'random' ? permutation(request.people, request.seed) : (index: number): number => index;
  const people = writer(join(request.folder, 'people.jsonl'));
  for (let i = 0; i < request.people; i++) {
    const { employee_id: anchor, ...set } = personOf(request.seed, order(i));
    people.line(JSON.stringify({ op: 'put', kind: 'person', anchor, set }));
  }
  people.end();
  const groups = writer(join(request.folder, 'groups.jsonl'));
  for (const [name, size] of [
    ['small', SMALL_GROUP],
    ['large', largeGroup(request.people)],
  ] as const) {
    groups.line(
      JSON.stringify({
        op: 'put',
        kind: 'group',
        anchor: name,
        set: { name, member: Array.from({ length: size }, (_, i) => employeeId(i)) },
      }),
    );
  }
  groups.end();
  writeConfiguration(request, readFileSync(new URL('feed.yaml', import.meta.url), 'utf8'));
}

export function append(request: DataRequest, file: 'people.jsonl' | 'groups.jsonl', changes: readonly object[]): void {
  appendFileSync(join(request.folder, file), changes.map((change) => `${JSON.stringify(change)}\n`).join(''));
}
