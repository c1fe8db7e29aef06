/** The HR export: one row per contract, separated by semicolons, in no order. Its quoting is what spreadsheet programs write. */

import { mailOf } from './directory.ts';
import type { Person } from './staff.ts';

const COLUMNS = [
  'contract_id',
  'employee_id',
  'first_name',
  'last_name',
  'birth_date',
  'job_title',
  'department',
  'city',
  'manager_id',
  'mobile',
  'work_mail',
  'main_contract',
  'starts',
  'ends',
] as const;

export type HrRow = { [column in (typeof COLUMNS)[number]]: string };

/** HR knows the mail of two in three; the rest have one in the directory, or get one. */
export function hrRows(staff: readonly Person[]): readonly HrRow[] {
  const rows = staff.flatMap((person, index) =>
    person.contracts.map((contract) => ({
      contract_id: contract.id,
      employee_id: person.employeeId,
      first_name: person.name.given,
      last_name: person.name.family,
      birth_date: person.birthDate,
      job_title: contract.title,
      department: contract.department,
      city: person.city,
      manager_id: person.managerId,
      mobile: person.mobile,
      work_mail: person.status !== 'future' && index % 3 !== 2 ? mailOf(staff, index) : '',
      main_contract: contract.main ? 'yes' : 'no',
      starts: contract.starts,
      ends: contract.ends ?? '',
    })),
  );
  return rows.sort((a, b) => (a.birth_date + a.contract_id < b.birth_date + b.contract_id ? -1 : 1));
}

export function hrFile(rows: readonly HrRow[]): string {
  const field = (text: string): string => (/[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [COLUMNS.join(';'), ...rows.map((row) => COLUMNS.map((column) => field(row[column])).join(';'))]
    .map((line) => `${line}\r\n`)
    .join('');
}
