/** A server whose answers are other bytes than it sent: whatever they mean, it ends as an answer or as a fault, and never otherwise. */
import { expect } from 'vitest';
import { ERROR_KINDS } from '#core/errors';
import { addedTo, configOf, faultOf, personLdif, systemOn } from '../../../test/servers/ldap-system.ts';
import { proxyTo } from '../../../test/servers/proxy.ts';
import { slapdOfFile, testOnSlapd } from '../../../test/servers/slapd.ts';

const SUFFIX = 'dc=example,dc=org';
const people = Array.from({ length: 5 }, (_, at) => personLdif(SUFFIX, `p${at}`));
const shared = slapdOfFile({ ldif: people.join('\n') });
const SYSTEMS = 8;
const ROUNDS = 30;

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

testOnSlapd('answers of other bytes end as faults', async () => {
  const server = await shared();
  const config = await configOf(server);
  let refused = 0;
  const ours: string[] = [];
  const one = async (seed: number): Promise<void> => {
    const random = randomFrom(seed);
    const below = (count: number): number => Math.floor(random() * count);
    let whole = 0;
    await using proxy = await proxyTo(server.ldap);
    proxy.answers = (chunk) => {
      if (whole-- <= 0 && random() < 0.5)
        for (let i = 0; i <= below(3); i++) chunk[below(Math.min(chunk.length, 400))] = below(256);
      return true;
    };
    for (let round = 0; round < ROUNDS; round++) {
      // To sign in and to look around takes some answers.
      whole = below(12);
      await using system = systemOn(server.folder, { ...config, url: proxy.url, timeoutSeconds: 0.1 });
      const { connection } = system;
      const works = [
        () => system.full(),
        async () => system.since(await connection.read!.cursor!()),
        () => connection.lookup!({ attribute: 'uid', value: 'p1' }, 'person'),
        async () => {
          const [result] = await system.write({ operation: 'update', anchor: 'x', set: { title: 'X' } });
          if (!result!.ok) throw Object.assign(new Error(), { fault: result!.fault });
        },
      ];
      try {
        await works[below(works.length)]!();
      } catch (error) {
        refused++;
        const fault = (error as { fault?: unknown }).fault ?? (await faultOf(Promise.reject(error)));
        expect(ERROR_KINDS).toContain((fault as { kind: string }).kind);
        // A fault of this program has no number of LDAP's.
        const { kind, message } = fault as { kind: string; message: string };
        if (kind === 'internal' && !/\(-?\d+\)/.test(message)) ours.push(`seed ${seed}, round ${round}: ${message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: SYSTEMS }, (_, at) => one(at + 1)));
  expect(ours).toEqual([]);
  expect(refused).toBeGreaterThan(SYSTEMS);
  await addedTo(server, personLdif(SUFFIX, 'after'));
});
