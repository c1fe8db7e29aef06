/**
 * Seeded sources of any size, written as a stream: an HR export of 12 columns, a badge file and a change feed of groups. Nothing is kept in
 * memory, so that a million people cost what ten thousand do.
 */
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface DataRequest {
  readonly folder: string;
  readonly people: number;
  readonly seed: number;
  /** Order in which keys appear in the files; `random` is what real exports look like to an index. */
  readonly keys: 'random' | 'ascending';
  /** What rollcall.yaml says after `store:`. */
  readonly store: string;
}

const GIVEN = [
  'Anna',
  'Jürgen',
  'Zoë',
  'Łukasz',
  'Ольга',
  'Ελένη',
  'محمد',
  'שרה',
  'प्रिया',
  '秀英',
  '민준',
  'กนกวรรณ',
  'Grace',
  'Kofi',
  'Þórdís',
  'José',
];
const FAMILY = [
  'Müller',
  'O’Brien',
  'García',
  'Nguyễn',
  'Шевченко',
  'Παπαδοπούλου',
  'الحداد',
  'כהן',
  'शर्मा',
  '欧阳',
  '김',
  'วงศ์ไทย',
  'Smith',
  'Owusu',
  'Dvořák',
  'Kowalczyk',
];
const DEPARTMENTS = ['Engineering', 'Sales', 'Support', 'Operations', 'Finance', 'People', 'Legal', 'Research'];
const CITIES = ['Berlin', 'Αθήνα', 'Kraków', '東京', 'Reykjavík', 'São Paulo', 'Toronto', 'Nairobi'];
const TITLES = ['Engineer', 'Senior Engineer', 'Analyst', 'Manager', 'Specialist', 'Counsel'];

/** Number of person `index` of the file: `E` and eight digits. */
export function employeeId(index: number): string {
  return `E${String(index).padStart(8, '0')}`;
}

/** A fixed shuffling of 0 … n−1 without a table: four Feistel rounds, walked until the result is below n. */
export function permutation(n: number, seed: number): (index: number) => number {
  const half = Math.max(1, Math.ceil(Math.log2(Math.max(2, n)) / 2));
  const mask = 2 ** half - 1;
  const round = (value: number, key: number): number => {
    let x = Math.imul(value ^ key, 0x9e3779b1) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 0x85ebca77) >>> 0;
    return (x ^ (x >>> 13)) & mask;
  };
  return (index) => {
    let value = index;
    do {
      let left = Math.floor(value / (mask + 1));
      let right = value & mask;
      for (let i = 0; i < 4; i++) [left, right] = [right, left ^ round(right, seed + i * 0x1f123bb5)];
      value = left * (mask + 1) + right;
    } while (value >= n);
    return value;
  };
}

/** Chance for person `index` and question `what`, the same in every file. */
function draw(seed: number, index: number, what: number): number {
  let x = Math.imul((index + 1) ^ Math.imul(what + seed, 0x9e3779b1), 0x85ebca6b) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}

/** Collects text and writes it in blocks of a megabyte. */
export function writer(file: string): { line(text: string): void; end(): void } {
  const handle = openSync(file, 'w');
  let block: string[] = [];
  let size = 0;
  const flush = (): void => {
    writeSync(handle, block.join(''));
    block = [];
    size = 0;
  };
  return {
    line(text) {
      block.push(text, '\n');
      size += text.length;
      if (size > 1_048_576) flush();
    },
    end() {
      flush();
      closeSync(handle);
    },
  };
}

const HEADER = 'employee_id,first_name,last_name,birth_date,title,department,city,manager_id,mobile,mail,starts,ends';

const COLUMNS = HEADER.split(',');

/** Person `index` as HR knows them. */
export function personOf(seed: number, index: number, title?: string): { readonly [column: string]: string } {
  const of = (what: number, from: readonly string[]): string => from[draw(seed, index, what) % from.length]!;
  const two = (what: number, most: number): string => String(1 + (draw(seed, index, what) % most)).padStart(2, '0');
  const date = (what: number, year: number, years: number): string =>
    `${year + (draw(seed, index, what) % years)}-${two(what + 1, 12)}-${two(what + 2, 28)}`;
  const id = employeeId(index);
  return {
    employee_id: id,
    first_name: of(1, GIVEN),
    last_name: of(2, FAMILY),
    birth_date: date(3, 1960, 42),
    title: title ?? of(6, TITLES),
    department: of(7, DEPARTMENTS),
    city: of(8, CITIES),
    // One manager for every 20 people, each of them with a manager of their own.
    manager_id: index === 0 ? '' : employeeId(Math.floor(index / 20)),
    mobile: `+49 151 ${10_000_000 + (draw(seed, index, 9) % 89_999_999)}`,
    mail: `${id.toLowerCase()}@example.org`,
    starts: date(10, 2001, 24),
    ends: '',
  };
}

function hrLine(seed: number, index: number, title?: string): string {
  const person = personOf(seed, index, title);
  return COLUMNS.map((column) => person[column]).join(',');
}

export function badgeLine(
  seed: number,
  index: number,
  room = `HQ ${draw(seed, index, 20) % 6}.${draw(seed, index, 21) % 90}`,
): string {
  return JSON.stringify({ employee: employeeId(index), badge: String(7_000_000 + index), room });
}

/** `titleOf` answers the new title of person `index`, undefined where it stays. */
export function writeHr(
  request: DataRequest,
  file: string,
  titleOf: (index: number) => string | undefined = () => undefined,
): void {
  const order = request.keys === 'random' ? permutation(request.people, request.seed) : (index: number): number => index;
  const out = writer(file);
  out.line(HEADER);
  for (let i = 0; i < request.people; i++) {
    const index = order(i);
    out.line(hrLine(request.seed, index, titleOf(index)));
  }
  out.end();
}

function writeBadges(request: DataRequest, file: string): void {
  const order = request.keys === 'random' ? permutation(request.people, request.seed + 1) : (index: number): number => index;
  const out = writer(file);
  for (let i = 0; i < request.people; i++) out.line(badgeLine(request.seed, order(i)));
  out.end();
}

export const STORE_FILE = 'rollcall.db';
export const IN_FOLDER: string = `sqlite:${STORE_FILE}`;

/** `text` of a rollcall.yaml, with the store of this organisation. */
export function writeConfiguration({ folder, store }: DataRequest, text: string): void {
  writeFileSync(join(folder, 'rollcall.yaml'), text.replace(/^store: .*$/m, `store: ${store}`), { mode: 0o600 });
}

/** Sources and configuration of one organisation in `folder`. */
export function writeOrganisation(request: DataRequest): void {
  mkdirSync(request.folder, { recursive: true });
  writeHr(request, join(request.folder, 'employees.csv'));
  writeBadges(request, join(request.folder, 'badges.jsonl'));
  writeConfiguration(request, readFileSync(new URL('rollcall.yaml', import.meta.url), 'utf8'));
}
