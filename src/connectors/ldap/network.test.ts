/** What becomes of reads and writes when the network, or the server, is gone in the middle of them. */
import { describe, expect, vi } from 'vitest';
import type { WriteResult } from '#connectors/contract';
import { syncRequest } from '#protocols/ldap/controls';
import { EVERYTHING } from '#protocols/ldap/filter';
import { search } from '#protocols/ldap/requests';
import type { SlapdServer } from '../../../scripts/servers/slapd.ts';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import { addedTo, configOf, faultOf, namesOf, personLdif, type System, systemOn } from '../../../test/servers/ldap-system.ts';
import { type Between, proxyTo } from '../../../test/servers/proxy.ts';
import { slapdOfFile, testOnSlapd } from '../../../test/servers/slapd.ts';
import { ldapConfig } from './config.ts';
import { one, Session } from './session.ts';
import { streamOf } from './stream.ts';

const ldif = Array.from({ length: 60 }, (_, at) => personLdif('dc=example,dc=org', `p${at + 10}`)).join('\n');
const shared = slapdOfFile({ ldif });

interface Distant {
  readonly server: SlapdServer;
  readonly proxy: Between;
  readonly system: System;
  dn(uid: string): string;
}

async function distant(more: object, work: (here: Distant) => Promise<void>): Promise<void> {
  const server = await shared();
  await using proxy = await proxyTo(server.ldap);
  const config = { ...(await configOf(server)), url: proxy.url, timeoutSeconds: 0.5, ...more };
  await using system = systemOn(server.folder, config);
  await work({ server, proxy, system, dn: (uid) => `uid=${uid},${server.suffix}` });
}

const attribute = async (server: SlapdServer, uid: string, name: string): Promise<string | undefined> =>
  new RegExp(`^${name}: (.*)$`, 'm').exec(
    await program('ldapsearch', { url: server.ldap, ...server.admin }, ['-b', server.suffix, `(uid=${uid})`, name]),
  )?.[1];

/** Of LDAP messages (RFC 4511 4.2): what is asked, as the tag behind the number of the message. */
const SEARCH = 0x63;
const MODIFY = 0x66;
const RENAME = 0x6c;
const operationOf = (chunk: Buffer): number => {
  const start = chunk[1]! > 0x7f ? 2 + (chunk[1]! & 0x7f) : 2;
  return chunk[start + 2 + chunk[start + 1]!]!;
};

/** The server does what it is told then, and its answer is lost with the connection. */
function losingAnswerTo(proxy: Between, isIt: (operation: number) => boolean): void {
  proxy.asked = (chunk) => {
    if (!isIt(operationOf(chunk))) return;
    proxy.answers = () => {
      proxy.cut();
      return false;
    };
  };
}

function whole(proxy: Between): void {
  proxy.asked = () => undefined;
  proxy.answers = () => true;
}

const create = (here: Distant, uid: string) => ({ operation: 'create', name: here.dn(uid), set: { cn: uid, sn: uid } }) as const;

describe('a read', () => {
  testOnSlapd('that is cut off between two pages has no end', async () => {
    await distant({ pageSize: 10 }, async ({ proxy, system }) => {
      await system.connection.test();
      let seen = 0;
      proxy.answers = () => {
        if (++seen > 2) proxy.cut();
        return seen <= 2;
      };
      const read = await faultOf(system.full());
      expect(read).toMatchObject({ kind: 'unavailable', remedy: expect.any(String) });
      proxy.answers = () => true;
      expect(namesOf(await system.full())).toHaveLength(60);
    });
  });

  testOnSlapd('by another connection than the one that the cursor is of says itself where the changes go on', async () => {
    await distant({ timeoutSeconds: 5 }, async ({ proxy, system }) => {
      await system.connection.read!.cursor!();
      expect((await system.full()).end?.next).toBeUndefined();
      proxy.cut();
      await vi.waitFor(async () => {
        await system.connection.test();
        expect(proxy.connections).toBe(2);
      });
      const { end } = await system.full();
      expect(await system.since(end!.next!)).toMatchObject({ objects: [], end: { complete: true } });
    });
  });

  testOnSlapd('ends when nothing is heard any more', async () => {
    await distant({ pageSize: 10 }, async ({ proxy, system }) => {
      await system.connection.test();
      proxy.answers = () => {
        proxy.silent = true;
        return true;
      };
      expect(await faultOf(system.full())).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('0.5 s') });
      expect(await faultOf(system.full())).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('0.5 s') });
      proxy.silent = false;
      proxy.answers = () => true;
      expect(namesOf(await system.full())).toHaveLength(60);
    });
  });

  testOnSlapd('goes on at a distance, and costs a turn a page', async () => {
    await distant({ pageSize: 20, timeoutSeconds: 5 }, async ({ proxy, system }) => {
      await system.connection.test();
      proxy.delayMs = 60;
      const before = proxy.turns;
      expect(namesOf(await system.full())).toHaveLength(60);
      expect(proxy.turns - before).toBeLessThanOrEqual(4);
      expect(proxy.connections).toBe(1);
    });
  });
});

describe('a write', () => {
  testOnSlapd('of a member costs the same in a group of any size, and is shown by a look at that member', async () => {
    await distant({ timeoutSeconds: 5 }, async ({ server, proxy, system, dn }) => {
      const members = Array.from({ length: 3000 }, (_, at) => `member: uid=m${at},${server.suffix}\n`).join('');
      await addedTo(server, `dn: cn=large,${server.suffix}\nobjectClass: groupOfNames\ncn: large\n${members}`);
      const named = { attribute: 'cn', value: 'large' };
      const [{ anchor, name } = { anchor: '', name: '' }] = await system.connection.lookup!(named, 'group');
      let bytes = 0;
      proxy.answers = (chunk) => {
        bytes += chunk.length;
        return true;
      };
      const edits = { add: { member: [dn('new'), dn('m1')] }, remove: { member: [dn('m7'), dn('nobody')] } };
      for (let i = 0; i < 2; i++)
        expect(await system.write({ operation: 'update', kind: 'group', anchor, ...edits })).toEqual([
          { ok: true, anchor, name, edited: true },
        ]);
      expect(bytes).toBeLessThan(5000);
      const [now] = await system.connection.lookup!(named, 'group');
      expect(now!.attributes['member']).toHaveLength(3000);
      expect(now!.attributes['member']).toContain(dn('new'));
    });
  });

  testOnSlapd('of a member that is refused stays refused where the look at that member breaks', async () => {
    await distant({}, async ({ server, proxy, system, dn }) => {
      await addedTo(server, `dn: cn=team,${server.suffix}\nobjectClass: groupOfNames\ncn: team\nmember: ${dn('p10')}\n`);
      const [{ anchor } = { anchor: '' }] = await system.connection.lookup!({ attribute: 'cn', value: 'team' }, 'group');
      const asked: number[] = [];
      proxy.asked = (chunk) => {
        if (asked.at(-1) === MODIFY) proxy.cut();
        asked.push(operationOf(chunk));
      };
      const result = await system.write({ operation: 'update', kind: 'group', anchor, add: { member: ['nobody at all'] } });
      expect(asked.slice(-2)).toEqual([MODIFY, SEARCH]);
      expect(result).toEqual([{ ok: false, fault: expect.objectContaining({ kind: 'invalidValue' }) }]);
      whole(proxy);
    });
  });

  testOnSlapd('at a distance has many entries under way', async () => {
    await distant({ timeoutSeconds: 5 }, async (here) => {
      await here.system.connection.test();
      here.proxy.delayMs = 60;
      const before = here.proxy.turns;
      const uids = Array.from({ length: 48 }, (_, at) => `far${at}`);
      const made = await here.system.write(...uids.map((uid) => create(here, uid)));
      expect(made.filter(({ ok }) => ok)).toHaveLength(48);
      expect(here.proxy.turns - before).toBeLessThan(24);
    });
  });

  testOnSlapd('is unknown where the answer did not come, and may be there', async () => {
    await distant({}, async (here) => {
      const { server, proxy, system } = here;
      await system.connection.test();
      proxy.answers = () => {
        proxy.cut();
        return false;
      };
      const [result] = await system.write(create(here, 'answerless'));
      expect(result).toMatchObject({ ok: false, unknown: true, fault: { kind: 'unavailable' } });
      proxy.answers = () => true;
      const [found] = await system.connection.lookup!({ attribute: 'uid', value: 'answerless' }, 'person');
      expect(found).toMatchObject({ name: here.dn('answerless'), attributes: { cn: 'answerless' } });
      expect(await system.write(create(here, 'answerless'))).toMatchObject([{ ok: false, fault: { kind: 'conflict' } }]);
      const change = { operation: 'update', anchor: found!.anchor, set: { title: 'Doctor' } } as const;
      losingAnswerTo(proxy, (operation) => operation === MODIFY);
      expect(await system.write(change)).toMatchObject([{ ok: false, unknown: true }]);
      expect(await attribute(server, 'answerless', 'title')).toBe('Doctor');
    });
  });

  testOnSlapd('of which only the rename was answered is unknown', async () => {
    await distant({}, async (here) => {
      const { server, proxy, system } = here;
      await addedTo(server, personLdif(server.suffix, 'half'));
      const [found] = await system.connection.lookup!({ attribute: 'uid', value: 'half' }, 'person');
      const renamed = { operation: 'update', anchor: found!.anchor, name: here.dn('whole'), set: { title: 'Doctor' } } as const;
      let renames = 0;
      losingAnswerTo(proxy, (operation) => operation !== RENAME && renames++ > 0);
      expect(await system.write(renamed)).toMatchObject([{ ok: false, unknown: true }]);
      whole(proxy);
      expect(await system.connection.lookup!({ anchor: found!.anchor }, 'person')).toMatchObject([{ name: here.dn('whole') }]);
    });
  });

  testOnSlapd('is not done where only the look before it was lost', async () => {
    await distant({}, async (here) => {
      const { server, proxy, system } = here;
      await addedTo(server, personLdif(server.suffix, 'unlooked'));
      const [found] = await system.connection.lookup!({ attribute: 'uid', value: 'unlooked' }, 'person');
      proxy.answers = () => {
        proxy.cut();
        return false;
      };
      const change = { operation: 'update', anchor: found!.anchor, set: { title: 'Doctor' } } as const;
      const [result] = (await system.write(change)) as [Extract<WriteResult, { ok: false }>];
      expect(result).toMatchObject({ ok: false, fault: { kind: 'unavailable' } });
      expect(result.unknown).toBeUndefined();
    });
  });

  testOnSlapd('ends when nothing is heard any more: what was sent is unknown, the rest is not done', async () => {
    await distant({}, async (here) => {
      const { proxy, system } = here;
      await system.connection.test();
      proxy.answers = () => {
        proxy.silent = true;
        return false;
      };
      const results = await system.write(...Array.from({ length: 40 }, (_, at) => create(here, `silent${at}`)));
      const unknown = results.filter((result) => !result.ok && result.unknown);
      expect(results.every((result) => !result.ok && result.fault.kind === 'unavailable')).toBe(true);
      expect(unknown).toHaveLength(16);
    });
  });

  testOnSlapd('throws where no connection is to be had', async () => {
    await distant({}, async (here) => {
      here.proxy.silent = true;
      expect(await faultOf(here.system.write(create(here, 'nowhere')))).toMatchObject({ kind: 'unavailable' });
    });
  });
});

testOnSlapd('an answer has its whole time, however long a search that may be silent has been', async () => {
  await distant({}, async ({ server, proxy }) => {
    const session = new Session(
      ldapConfig.parse({ ...(await configOf(server)), url: proxy.url, timeoutSeconds: 0.5 }),
      server.folder,
      1e6,
    );
    const live = await session.live();
    const operation = search({ base: server.suffix, scope: 'sub', filter: EVERYTHING, attributes: ['1.1'] });
    const stop = new AbortController();
    const pieces = streamOf(live, operation, [syncRequest('refreshAndPersist', null)], stop.signal, true)[Symbol.asyncIterator]();
    await pieces.next();
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      vi.advanceTimersByTime(60_000);
      proxy.delayMs = 100;
      const root = { base: '', scope: 'base', filter: EVERYTHING, attributes: ['1.1'] } as const;
      expect(await one(live.client, live.decoder, root)).not.toBeNull();
    } finally {
      vi.useRealTimers();
      stop.abort();
      await session.close();
    }
  });
});

testOnSlapd('whoever asks at once while the connection is gone makes one', async () => {
  await distant({}, async ({ proxy, system }) => {
    const five = () =>
      Promise.allSettled(
        Array.from({ length: 5 }, () => system.connection.lookup!({ attribute: 'uid', value: 'p10' }, 'person')),
      );
    await five();
    proxy.cut();
    await five();
    expect((await five()).map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'));
    expect(proxy.connections).toBe(2);
  });
});
