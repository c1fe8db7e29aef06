/**
 * Makes the demo organisation in a folder: an HR export, a directory, a badge system. About 500 people with the trouble
 * real organisations have. The same seed and day make the same bytes.
 *
 *     node bin/run.cjs examples/demo/organisation.ts [FOLDER]
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { badgesFile } from './badges.ts';
import { type Cast, chooseCast } from './cast.ts';
import { directoryFile, makeDirectory } from './directory.ts';
import { type HrRow, hrFile, hrRows } from './hr.ts';
import { makeStaff, type Person } from './staff.ts';

export interface Organisation {
  readonly staff: readonly Person[];
  readonly hr: readonly HrRow[];
  readonly accounts: number;
  readonly cast: Cast;
}

export const HR_FILE = 'hr/employees.csv';
export const DIRECTORY_FILE = 'directory/directory.ldif';
export const BADGES_FILE = 'badge/badges.jsonl';
export const PHONEBOOK_FILE = 'phonebook/phonebook.csv';

/** `today` is `YYYY-MM-DD`: contracts that ended or are still to start do so around it. */
export function writeOrganisation(folder: string, { seed, today }: { seed: number; today: string }): Organisation {
  const staff = makeStaff(seed, today);
  const hr = hrRows(staff);
  const directory = makeDirectory(seed, staff);
  for (const part of ['hr', 'directory', 'badge', 'phonebook']) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, HR_FILE), hrFile(hr));
  writeFileSync(join(folder, DIRECTORY_FILE), directoryFile(directory));
  writeFileSync(join(folder, BADGES_FILE), badgesFile(seed, staff));
  copyFileSync(new URL('rollcall.yaml', import.meta.url), join(folder, 'rollcall.yaml'));
  return { staff, hr, accounts: directory.accounts.length, cast: chooseCast(staff, directory) };
}

if (import.meta.main) {
  const folder = process.argv[2] ?? 'demo';
  const { staff } = writeOrganisation(folder, { seed: 7, today: new Date().toISOString().slice(0, 10) });
  process.stdout.write(
    `${staff.length} people in ${folder}/: ${[HR_FILE, DIRECTORY_FILE, BADGES_FILE].join(', ')} and rollcall.yaml\n`,
  );
}
