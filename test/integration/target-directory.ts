/** A firm whose people have accounts in a real directory, behind a network that can fail. */
import { expect } from 'vitest';
import { FrameReader } from '#protocols/ldap/frames';
import { readResponse } from '#protocols/ldap/responses';
import type { RunReport } from '#runs/model';
import type { Between } from '../servers/proxy.ts';
import { type Directory, entriesBelow, NO_GATES, stagedNames } from './directories.ts';
import { type Firm, firm, HOUR } from './firm.ts';

export interface Target extends AsyncDisposable {
  readonly directory: Directory;
  readonly firm: Firm;
  readonly proxy: Between;
  readonly uids: readonly string[];
  /** Another hour begins, and a run with it. */
  run(profile?: string): Promise<RunReport>;
  /** HR says this of everybody. */
  everybody(more: (at: number) => { readonly [attribute: string]: string | readonly string[] }): void;
  /** The DN. */
  person(at: number): string;
  /** What stands in the directory, as another program reads it. */
  entries(): Promise<ReadonlyMap<string, string>>;
  /** After some more hours everything is as HR has it: each account once, and known by its name; and then nothing is written any more. */
  expectSettled(expected: (at: number) => string): Promise<void>;
}

/** HR has them, and nothing was run yet. The first of them leads the others, and twenty are a `team`. */
export async function targetOf(directory: Directory, people: number, more: object = {}): Promise<Target> {
  const { unit, people: place, account } = directory;
  // The server keeps them unique over all units.
  const uids = Array.from({ length: people }, (_, at) => `${unit.slice(3, unit.indexOf(','))}-${String(at).padStart(3, '0')}`);
  const proxy = await directory.proxy();
  const here = await firm(`store: sqlite:rollcall.db
${NO_GATES}
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, familyName: name, title: title, mail: mail, manager: { reference: boss } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: members } } }
  dir:
    type: ldap
${await directory.yaml({ url: proxy.url, pageSize: 30, ...more })}    import:
      person: { join: employeeId, attributes: { employeeId: employeeNumber } }
      group: { join: name, attributes: { name: cn } }
    export:
      person:
        provision: true
        dn: \${"cn=" + person.familyName + ",${place}"}
        ${account.person}
        attributes: { ${account.attributes}, employeeNumber: employeeId, sn: familyName, title: title, mail: mail, manager: { value: manager, by: name } }
      group:
        provision: true
        dn: \${"cn=" + group.name + ",${place.replace('people', 'groups')}"}
        attributes: { ${account.group}, member: { value: member, by: name } }
    deprovision: ${account.deprovision}
`);
  const hr = here.system('hr');
  const everybody: Target['everybody'] = (given) => {
    for (const [at, uid] of uids.entries())
      hr.put('person', uid, { id: uid, name: `Name ${at}`, ...(at === 0 ? {} : { boss: uids[0]! }), ...given(at) });
  };
  everybody(() => ({}));
  hr.put('group', 'team', { name: 'team', members: uids.slice(0, 20) });
  const run = (profile = 'cycle'): Promise<RunReport> => {
    here.now += HOUR;
    return here.run({ profile });
  };
  const person = (number: number): string => account.dn(`Name ${number}`);
  const team = directory.group('team');
  const entries = (): Promise<ReadonlyMap<string, string>> =>
    entriesBelow(directory.admin, unit, '(|(employeeNumber=*)(cn=team))');
  return {
    directory,
    firm: here,
    proxy,
    uids,
    run,
    everybody,
    person,
    entries,
    async expectSettled(expected) {
      for (let i = 0; i < 5; i++) if ((await run()).rowsWritten === 0) break;
      const now = await entries();
      expect(now.size).toBe(people + 1);
      for (let at = 0; at < people; at++) {
        const entry = now.get(person(at));
        expect(entry).toContain(`cn: Name ${at}`);
        expect(entry).toContain(expected(at));
        if (at > 0) expect(entry).toContain(`manager: ${person(0)}`);
      }
      expect(now.get(team)!.match(/^member: cn=Name/gim)).toHaveLength(20);
      const staged = await stagedNames(here, 'dir', new Map([...now].filter(([dn]) => dn !== team)));
      expect([...staged.values()]).toEqual([...staged.keys()]);
      const quiet = await run();
      expect(quiet).toMatchObject({ status: 'done', faults: [], rowsWritten: 0 });
      await run('full-import');
      expect(await run()).toMatchObject({ status: 'done', faults: [] });
      expect(await entries()).toEqual(now);
    },
    async [Symbol.asyncDispose]() {
      await here.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** Requests that make or change an entry (RFC 4511 4.6, 4.7, 4.9); several come in one piece. */
function writesIn(chunk: Buffer): number {
  const messages = new FrameReader(16_777_216).push(chunk);
  return messages.filter((message) => [0x66, 0x68, 0x6c].includes(readResponse(message).tag)).length;
}

/** After so many writes have gone out, `happens`, once. */
export function afterWrites({ proxy }: Target, count: number, happens: () => unknown): void {
  let seen = 0;
  proxy.asked = (chunk) => {
    const before = seen;
    seen += writesIn(chunk);
    if (before < count && seen >= count) happens();
  };
}

/** The answers from there on are lost with the connection. */
export function answersLostAfter(target: Target, count: number): void {
  const { proxy } = target;
  afterWrites(target, count, () => {
    proxy.answers = () => {
      proxy.cut();
      return false;
    };
  });
}

export function heal({ proxy }: Target): void {
  proxy.asked = () => undefined;
  proxy.answers = () => true;
  proxy.silent = false;
}
