/** A firm whose people come from a real directory, through a network that can fail, and get accounts in a memory system. */
import { expect } from 'vitest';
import type { Fault } from '#core/errors';
import type { RunReport } from '#runs/model';
import type { Between } from '../servers/proxy.ts';
import { type Directory, entriesBelow, NO_GATES, rename, stagedNames } from './directories.ts';
import { type Firm, firm, HOUR } from './firm.ts';

export interface Source extends AsyncDisposable {
  readonly directory: Directory;
  readonly firm: Firm;
  readonly proxy: Between;
  /** Who has an account in the target, and what stands there of them. */
  accounts(): readonly string[];
  /** Another hour begins, and a run with it. */
  run(profile?: string): Promise<RunReport>;
  /** Everything is as the directory has it. */
  expectAgreed(): Promise<void>;
}

/** People u0, u1 … and the group `team`, already in the target. */
export async function sourceOf(directory: Directory, people: number, more: object = {}): Promise<Source> {
  await directory.populate(Array.from({ length: people }, (_, at) => `u${at}`));
  const proxy = await directory.proxy();
  const here = await firm(
    `store: sqlite:rollcall.db
${NO_GATES}
connections:
  staff:
    type: ldap
    owner: true
${await directory.yaml({ url: proxy.url, pageSize: 10, ...more })}    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: employeeNumber, displayName: cn, title: title, manager: { reference: manager, by: name } }
      group: { join: name, project: true, attributes: { name: cn, member: { reference: member, by: name } } }
  dir:
    type: memory
    system: dir
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
      group: { join: name, attributes: { name: name } }
    export:
      person:
        provision: true
        anchor: employeeId
        attributes: { number: employeeId, cn: displayName, title: title, boss: manager }
      group: { provision: true, anchor: name, attributes: { name: name, member: member } }
    deprovision: { action: delete }
`,
    ['dir'],
  );
  const accounts = (): readonly string[] =>
    here
      .system('dir')
      .objects()
      .map((one) => JSON.stringify([one.anchor, ...Object.entries(one.attributes).sort()]))
      .sort();
  const run = (profile = 'cycle'): Promise<RunReport> => {
    here.now += HOUR;
    return here.run({ profile });
  };
  await here.first();
  await run();
  expect(accounts()).toHaveLength(people + 1);
  expect(accounts().slice(0, 2)).toEqual([
    '["team",["member",["u1","u2"]],["name","team"]]',
    '["u0",["boss","u1"],["cn","u0"],["number","u0"]]',
  ]);
  return {
    directory,
    firm: here,
    proxy,
    accounts,
    run,
    async expectAgreed() {
      const entries = await entriesBelow(directory.admin, directory.unit, '(employeeNumber=*)');
      const names = await stagedNames(here, 'staff', entries);
      expect([...names.values()]).toEqual([...names.keys()]);
      expect(accounts()).toHaveLength(entries.size + 1);
    },
    async [Symbol.asyncDispose]() {
      await here.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** Every name is right, nothing else changes, and the directory is asked fewer times than that: not once for each of them, or who refers to them. */
export async function renamesItsUnit(at: Source, rdn: string, turns: number): Promise<void> {
  const before = at.accounts();
  await rename(at.directory.admin, at.directory.people, rdn);
  const asked = at.proxy.turns;
  expect((await at.run()).faults).toEqual([]);
  expect(at.proxy.turns - asked).toBeLessThan(turns);
  await at.expectAgreed();
  expect(at.accounts()).toEqual(before);
  expect((await at.run('full-import')).faults).toEqual([]);
  await at.run();
  await at.expectAgreed();
  expect(at.accounts()).toEqual(before);
}

/** While it lasts nothing changes in the target, a full read included; afterwards what was changed meanwhile gets there by itself. Answers what was told. */
export async function outage(at: Source, begin: () => unknown, end: () => unknown): Promise<readonly Fault[]> {
  const before = at.accounts();
  await begin();
  const reports = [await at.run(), await at.run('full-import'), await at.run()];
  expect(at.accounts()).toEqual(before);
  await end();
  const title = `Doctor ${at.firm.now}`;
  await at.directory.change(`dn: ${at.directory.person('u3')}\nchangetype: modify\nreplace: title\ntitle: ${title}\n`);
  await at.run();
  await at.run('full-import');
  await at.run();
  expect(at.accounts().filter((one) => one.includes(title))).toHaveLength(1);
  await at.expectAgreed();
  return reports.flatMap(({ faults }) => faults);
}

/**
 * The server is killed while a complete read waits for a page, `pages` after those that came, and stays away until the outage ends. To be
 * begun with an outage; answers whether it came to that.
 */
export function killedInPages({ proxy, directory }: Source, server: { kill(): Promise<void> }, pages: number): () => boolean {
  let [seen, killed]: [number, Promise<void> | null] = [0, null];
  proxy.answers = (chunk) => {
    if (killed !== null) return false;
    // A read of changes shows nobody, for nothing changed.
    if (chunk.includes(directory.people) && ++seen === pages) killed = server.kill();
    return killed === null;
  };
  return () => killed !== null;
}

export const kindsOf = (faults: readonly { readonly kind: string }[]): readonly string[] => [
  ...new Set(faults.map(({ kind }) => kind)),
];
