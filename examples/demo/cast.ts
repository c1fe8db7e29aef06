/** The people whose stories the demo tells, found in the organisation by what is special about them. */
import type { Directory } from './directory.ts';
import type { Person } from './staff.ts';

export interface Cast {
  /** HR and the directory give different mobile numbers. */
  readonly conflict: Person;
  /** Has two accounts in the directory. */
  readonly double: Person;
  /** Left, and the account is still enabled. */
  readonly gone: Person;
  /** Ordinary people with an account, whose HR rows change in the middle of the demo. */
  readonly mover: Person;
  readonly leaver: Person;
  readonly renamed: Person;
  readonly newManager: Person;
}

export function chooseCast(staff: readonly Person[], directory: Directory): Cast {
  const accounts = new Map<string, ReadonlyMap<string, unknown>[]>();
  for (const account of directory.accounts) {
    const values = new Map(account.attributes);
    const number = values.get('employeeNumber');
    if (typeof number === 'string') accounts.set(number, [...(accounts.get(number) ?? []), values]);
  }
  const of = (person: Person): readonly ReadonlyMap<string, unknown>[] => accounts.get(person.employeeId) ?? [];
  const ordinary = staff.filter(
    (person, index) =>
      index > 50 &&
      person.status === 'active' &&
      person.contracts.length === 1 &&
      person.contracts[0]!.ends === null &&
      /^[A-Za-z]/.test(person.name.family) &&
      of(person).length === 1,
  );
  const first = (what: string, fits: (person: Person) => boolean): Person => {
    const found = staff.find(fits);
    if (found === undefined) throw new Error(`the organisation has nobody for the part '${what}'`);
    return found;
  };
  const [mover, leaver, renamed, newManager] = ordinary;
  return {
    conflict: first(
      'conflict',
      (person) => person.status === 'active' && of(person).length === 1 && of(person)[0]!.get('mobile') !== person.mobile,
    ),
    double: first('double', (person) => of(person).length === 2),
    gone: first('gone', (person) => person.status === 'past' && of(person)[0]?.get('nsAccountLock') === 'FALSE'),
    mover: mover!,
    leaver: leaver!,
    renamed: renamed!,
    newManager: newManager!,
  };
}
