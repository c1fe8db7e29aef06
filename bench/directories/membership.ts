/** A member more or less, at the connector alone and by OpenLDAP's own programs. */
import type { Connection } from '#connectors/contract';
import { must, timed } from '../case.ts';
import { median } from '../result.ts';
import { personDn } from './data.ts';
import type { SignIn } from './directory-case.ts';
import { changeWith, printedBy } from './place.ts';

const TIMES = 5;

/** Members that a read names after one change. */
export async function valuesReadOf(directory: Connection, change: () => Promise<void>): Promise<number> {
  const since = await directory.read!.cursor!();
  await change();
  let values = 0;
  for await (const { objects } of directory.read!.read({ since, signal: new AbortController().signal }))
    for (const object of objects) {
      if (object.op === 'delete') continue;
      const named = object.op === 'patch' ? [object.add, object.remove] : [object.attributes];
      values += named.flatMap((attributes) => attributes?.['member'] ?? []).length;
    }
  await directory.close();
  return values;
}

/** Seconds of taking one member out and putting it back, at the connector. */
export async function writesOf(copy: Connection): Promise<{ readonly small: number; readonly large: number }> {
  const secondsIn = async (value: string): Promise<number> => {
    const [group] = await copy.lookup!({ attribute: 'cn', value }, 'group');
    const member = { member: [personDn(1)] };
    const item = { attempt: value, operation: 'update', kind: 'group', anchor: group!.anchor, set: {} } as const;
    const seconds: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const { seconds: one, value: results } = await timed(async () => [
        ...(await copy.write!.write([{ ...item, remove: member }])),
        ...(await copy.write!.write([{ ...item, add: member }])),
      ]);
      must(
        results.every((result) => result.ok),
        'a member is written',
      );
      seconds.push(one);
    }
    return median(seconds);
  };
  const [small, large] = [await secondsIn('small'), await secondsIn('large')];
  await copy.close();
  return { small, large };
}

/** The same, as the server's own program does it. */
export async function programSeconds(at: SignIn, dn: string): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const records = ['delete', 'add'].map((op) => `dn: ${dn}\nchangetype: modify\n${op}: member\nmember: ${personDn(1)}\n`);
    seconds.push((await timed(() => changeWith(at, records))).seconds);
  }
  return median(seconds);
}

/** Answers the place of the next question, as ldapsearch prints it: of the changes since `cookie`, or of now where it is empty. */
export async function dirSync(at: SignIn, base: string, cookie: string): Promise<string> {
  // Incremental values, as much as the server likes.
  const control = `!dirSync=-2147483648/0${cookie === '' ? '' : `/${cookie}`}`;
  const asked = cookie === '' ? ['(!(objectClass=*))', '1.1'] : ['(objectClass=*)', '*'];
  const printed = await printedBy('ldapsearch', at, ['-LLL', '-b', base, '-E', control, ...asked]);
  return /^# cookie:: (.*)$/m.exec(printed)![1]!;
}
