/** What happens in HR on one busy day. */
import type { Cast } from './cast.ts';
import type { HrRow } from './hr.ts';
import { day } from './staff.ts';

export interface Edit {
  readonly text: string;
  /** Answers the new row, or null where the row stays as it is. */
  apply(row: HrRow): HrRow | null;
}

export const JOINER = '109999';

export function busyDay(
  cast: Cast,
  today: string,
): { readonly edits: readonly Edit[]; readonly joiner: HrRow; readonly joinerText: string } {
  const only =
    (employeeId: string, change: Partial<HrRow>) =>
    (row: HrRow): HrRow | null =>
      row.employee_id === employeeId ? { ...row, ...change } : null;
  const nameOf = (who: Cast[keyof Cast]): string => `${who.name.given} ${who.name.family}`;
  return {
    edits: [
      {
        text: `${nameOf(cast.mover)} moves to Research as Lab Manager`,
        apply: only(cast.mover.employeeId, { department: 'Research', job_title: 'Lab Manager' }),
      },
      { text: `${nameOf(cast.leaver)} left yesterday`, apply: only(cast.leaver.employeeId, { ends: day(today, -1) }) },
      {
        text: `${nameOf(cast.renamed)} is called Rosenqvist now`,
        apply: only(cast.renamed.employeeId, { last_name: 'Rosenqvist' }),
      },
      {
        text: `${nameOf(cast.newManager)} reports to ${nameOf(cast.mover)}`,
        apply: only(cast.newManager.employeeId, { manager_id: cast.mover.employeeId }),
      },
    ],
    joiner: {
      contract_id: `K${JOINER}-1`,
      employee_id: JOINER,
      first_name: 'Þórunn',
      last_name: '山田',
      birth_date: '1994-05-17',
      job_title: 'Research Scientist',
      department: 'Research',
      city: 'Reykjavík',
      manager_id: cast.mover.employeeId,
      mobile: '+354 611 2233',
      work_mail: '',
      main_contract: 'yes',
      starts: today,
      ends: '',
    },
    joinerText: 'Þórunn 山田 starts today',
  };
}

export function applyEdits(rows: readonly HrRow[], edits: readonly Edit[], joiner: HrRow): readonly HrRow[] {
  const changed = rows.map((row) => edits.reduce<HrRow>((now, edit) => edit.apply(now) ?? now, row));
  return [...changed, joiner];
}
