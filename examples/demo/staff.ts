/** Who works in the demo organisation, as things really are. The sources then tell this story with their own mistakes. */
import { makeMononym, makeName, type Name } from './names.ts';
import { type Random, random } from './random.ts';

export interface Contract {
  readonly id: string;
  readonly title: string;
  readonly department: string;
  readonly main: boolean;
  /** `YYYY-MM-DD`, both inclusive; null = open. */
  readonly starts: string;
  readonly ends: string | null;
}
export interface Person {
  readonly employeeId: string;
  readonly name: Name;
  readonly birthDate: string;
  readonly city: string;
  readonly mobile: string;
  /** What HR says, mistakes included: '' where nobody filled it in. */
  readonly managerId: string;
  readonly contracts: readonly Contract[];
  readonly status: 'active' | 'future' | 'past';
}

export const SIZE = 500;
const DEPARTMENTS = ['Engineering', 'Sales', 'Support', 'Operations', 'Finance', 'People', 'Legal', 'Research'];
const TITLES: { readonly [department: string]: readonly string[] } = {
  Engineering: ['Software Engineer', 'Senior Software Engineer', 'Site Reliability Engineer'],
  Sales: ['Account Manager', 'Sales Engineer', 'Regional Sales Manager'],
  Support: ['Support Specialist', 'Customer Success Manager'],
  Operations: ['Operations Analyst', 'Logistics Coordinator'],
  Finance: ['Accountant', 'Controller', 'Payroll Specialist'],
  People: ['HR Partner', 'Recruiter'],
  Legal: ['Counsel', 'Data Protection Officer'],
  Research: ['Research Scientist', 'Lab Manager'],
};
const CITIES = ['Berlin', 'Αθήνα', 'Kraków', '東京', 'Reykjavík', 'São Paulo', 'القاهرة', 'Toronto'];

/** `YYYY-MM-DD` this many days from the given one. */
export function day(from: string, plus: number): string {
  return new Date(Date.parse(`${from}T00:00:00Z`) + plus * 86_400_000).toISOString().slice(0, 10);
}

/** Places in the list that have a part of their own; everybody else is ordinary. */
const CEO = 0;
const HEADS = 1;
const PAST = SIZE - 23;
const FUTURE = SIZE - 8;

/** Who is asked for wherever the documentation asks for somebody. */
const KNOWN = 20;
const ZOE: Name = { given: 'Zoë', family: 'Çelik', givenAscii: 'Zoe', familyAscii: 'Celik' };

/** There is one of her. */
function named(index: number, name: Name): Name {
  if (index === KNOWN) return ZOE;
  return name.given === ZOE.given && name.family === ZOE.family ? { ...name, given: 'Chloé', givenAscii: 'Chloe' } : name;
}

export function makeStaff(seed: number, today: string): readonly Person[] {
  const chance = random(seed);
  const number = chance.shuffle(Array.from({ length: SIZE }, (_, index) => String(100_100 + index * 7)));
  return number.map((employeeId, index) => {
    const head = index >= HEADS && index < HEADS + DEPARTMENTS.length;
    const department = index === CEO ? 'People' : DEPARTMENTS[head ? index - HEADS : chance.below(DEPARTMENTS.length)]!;
    const title = index === CEO ? 'Chief Executive' : head ? `Head of ${department}` : chance.pick(TITLES[department]!);
    const status = index >= FUTURE ? 'future' : index >= PAST ? 'past' : 'active';
    return {
      employeeId,
      name: named(index, index % 60 === 59 ? makeMononym(chance) : makeName(chance)),
      birthDate: day('1960-01-01', chance.below(16_000)),
      city: chance.pick(CITIES),
      mobile: `+49 151 ${String(10_000_000 + chance.below(89_999_999))}`,
      managerId: manager(chance, number, index, DEPARTMENTS.indexOf(department)),
      contracts: contracts(chance, employeeId, title, department, status, today, index),
      status,
    };
  });
}

/** Mostly the head of department; somebody manages herself, two manage each other, some point nowhere. */
function manager(chance: Random, number: readonly string[], index: number, department: number): string {
  if (index === CEO) return number[CEO]!;
  if (index < HEADS + DEPARTMENTS.length) return number[CEO]!;
  if (index === 20) return number[21]!;
  if (index === 21) return number[20]!;
  if (index % 120 === 30) return '999999';
  if (index % 80 === 40) return '';
  return chance.chance(0.2) ? number[10 + chance.below(40)]! : number[HEADS + department]!;
}

function contracts(
  chance: Random,
  employeeId: string,
  title: string,
  department: string,
  status: Person['status'],
  today: string,
  index: number,
): readonly Contract[] {
  const starts = status === 'future' ? day(today, 5 + chance.below(60)) : day(today, -200 - chance.below(4_000));
  const ends =
    status === 'past' ? day(today, -3 - chance.below(150)) : chance.chance(0.06) ? day(today, 90 + chance.below(400)) : null;
  const first: Contract = { id: `K${employeeId}-1`, title, department, main: true, starts, ends };
  if (status !== 'active' || index % 28 !== 27) return [first];
  const second = chance.pick(DEPARTMENTS);
  return [
    first,
    {
      id: `K${employeeId}-2`,
      title: chance.pick(TITLES[second]!),
      department: second,
      main: false,
      starts: day(today, -90),
      ends: day(today, 200),
    },
  ];
}
