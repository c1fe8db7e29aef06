/** The badge system: knows cards and rooms, and nobody's name. A few cards belong to people HR has never heard of. */
import { random } from './random.ts';
import type { Person } from './staff.ts';

export function badgesFile(seed: number, staff: readonly Person[]): string {
  const chance = random(seed ^ 0xbad6e);
  const holders = [
    ...staff.filter((person) => person.status === 'active' && chance.chance(0.95)).map((person) => person.employeeId),
    '990001',
    '990002',
    '990003',
  ];
  const cards = chance.shuffle(holders).map((employee, index) => ({
    card: `C-${String(40_000 + index)}`,
    employee,
    badge: String(7_000_000 + chance.below(2_999_999)),
    room: chance.chance(0.04) ? null : `${chance.pick(['HQ', 'Lab', 'North'])} ${1 + chance.below(6)}.${10 + chance.below(60)}`,
  }));
  return cards.map((card) => `${JSON.stringify(card)}\n`).join('');
}
