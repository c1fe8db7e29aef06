import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CarriedOut, runBulk } from './bulk.ts';
import { BULK_URN, type BulkOperation } from './bulk-request.ts';
import { ScimError } from './errors.ts';

const LIMITS = { tolerant: false, maxOperations: 100 };
const bulk = (...Operations: object[]): object => ({ schemas: [BULK_URN], Operations });
const post = (bulkId: string, data: object = {}): object => ({ method: 'POST', path: '/Users', bulkId, data });

/** Gives ids in the order it is called in. */
function server(): { readonly calls: BulkOperation[]; readonly carryOut: (one: BulkOperation) => Promise<CarriedOut> } {
  const calls: BulkOperation[] = [];
  return {
    calls,
    carryOut: async (one) => {
      calls.push(one);
      if ((one.data as { fail?: unknown } | undefined)?.fail === true) throw new ScimError(409, 'uniqueness', 'taken');
      const id = `id${calls.length}`;
      return one.method === 'POST'
        ? { status: 201, id, location: `/x/${id}`, version: 'W/"1"', response: { id } }
        : { status: one.method === 'DELETE' ? 204 : 200 };
    },
  };
}
const locate = (path: string): string | undefined => (path.startsWith('/Users/') ? `https://here${path}` : undefined);

async function run(body: object, limits = LIMITS): Promise<{ results: { [name: string]: unknown }[]; calls: BulkOperation[] }> {
  const { calls, carryOut } = server();
  const answer = (await runBulk(body, limits, carryOut, locate)) as { Operations: { [name: string]: unknown }[] };
  return { results: answer.Operations, calls };
}

async function refused(body: unknown, limits = LIMITS): Promise<string> {
  try {
    await runBulk(body, limits, server().carryOut, locate);
  } catch (error) {
    if (error instanceof ScimError) return `${error.status} ${error.scimType}`;
    throw error;
  }
  return 'not refused';
}

describe('a bulk request', () => {
  it('R21 answers each operation with its status as text, and where what it made is', async () => {
    const put = { method: 'put', path: '/Users/7', version: 'W/"1"', data: { userName: 'a' } };
    const { results, calls } = await run(bulk(post('a'), put, { method: 'DELETE', path: '/Users/8' }));
    expect(results).toEqual([
      { method: 'POST', bulkId: 'a', location: '/x/id1', version: 'W/"1"', status: '201' },
      { method: 'PUT', location: 'https://here/Users/7', status: '200' },
      { method: 'DELETE', location: 'https://here/Users/8', status: '204' },
    ]);
    expect(calls[1]).toEqual({ method: 'PUT', path: '/Users/7', version: 'W/"1"', data: { userName: 'a' } });
  });

  it('R21 knows bulkIds in values, filters and paths, also of what comes later', async () => {
    const operations = [
      { op: 'remove', path: 'members[value eq "bulkId:u"]' },
      { op: 'add', path: 'members', value: [{ value: 'bulkId:u' }] },
    ];
    const { results, calls } = await run(
      bulk(
        { method: 'PATCH', path: '/Groups/bulkId:g', data: { Operations: operations } },
        post('g', { members: [{ value: 'bulkId:u' }] }),
        post('u'),
      ),
    );
    expect(calls.map((one) => one.bulkId)).toEqual(['u', 'g', undefined]);
    expect(calls[1]!.data).toEqual({ members: [{ value: 'id1' }] });
    expect(calls[2]).toEqual({
      method: 'PATCH',
      path: '/Groups/id2',
      data: {
        Operations: [
          { op: 'remove', path: 'members[value eq "id1"]' },
          { op: 'add', path: 'members', value: [{ value: 'id1' }] },
        ],
      },
    });
    expect(results.map((one) => [one['method'], one['status']])).toEqual([
      ['PATCH', '200'],
      ['POST', '201'],
      ['POST', '201'],
    ]);
  });

  it('R21 a circle is 409 for those in it, and for who needs them', async () => {
    const to = (id: string) => ({ members: [{ value: `bulkId:${id}` }] });
    const { results, calls } = await run(
      bulk(post('a', to('b')), post('b', to('a')), post('c', to('a')), post('d'), post('e', to('e'))),
    );
    expect(results.map((one) => one['status'])).toEqual(['409', '409', '409', '201', '409']);
    expect(calls.map((one) => one.bulkId)).toEqual(['d']);
  });

  it('R21 what nothing was made of cannot be referred to', async () => {
    const data = { manager: 'bulkId:a' };
    const { results } = await run(bulk(post('a', { fail: true }), post('b', data), post('c', { manager: 'bulkId:none' })));
    expect(results.map((one) => one['status'])).toEqual(['409', '409', '409']);
    expect(results[0]!['response']).toMatchObject({ status: '409', scimType: 'uniqueness' });
  });

  it('R21 says where all is that was refused, but for what a POST would have made', async () => {
    const { results } = await run(
      bulk(
        post('a'),
        { method: 'GET', path: '/Users/1' },
        { method: 'PUT', path: '/Users/2' },
        { method: 'PATCH', path: '/Users/bulkId:a', data: { fail: true } },
        { method: 'PATCH', path: '/Users/bulkId:none', data: {} },
        { method: 'PUT', path: '/Users/3', data: { manager: 'bulkId:none' } },
        { method: 'DELETE', path: '/Nothing/4' },
        post('b', { fail: true }),
      ),
    );
    expect(results.slice(1).map((one) => [one['status'], one['location']])).toEqual([
      ['400', 'https://here/Users/1'],
      ['400', 'https://here/Users/2'],
      ['409', 'https://here/Users/id1'],
      ['409', undefined],
      ['409', 'https://here/Users/3'],
      ['204', undefined],
      ['409', undefined],
    ]);
  });

  it('R21 ends after so many errors, and tells of nothing that was not done', async () => {
    const { results, calls } = await run({
      ...bulk(post('a', { fail: true }), post('b'), post('c', { fail: true }), post('d')),
      failOnErrors: 2,
    });
    expect(results.map((one) => one['status'])).toEqual(['409', '201', '409']);
    expect(calls.length).toBe(3);
  });

  it('R21 what is wrong with one operation is the result of that one', async () => {
    const { results } = await run(
      bulk(
        { method: 'POST', path: '/Users', data: {} },
        { method: 'GET', path: '/Users' },
        { method: 'PUT', data: {} },
        { method: 'PATCH', path: '/Users/1' },
        1 as unknown as object,
        post('a'),
        post('a'),
      ),
    );
    expect(results.map((one) => one['status'])).toEqual(['400', '400', '400', '400', '400', '201', '400']);
    expect(results[0]!['response']).toMatchObject({ scimType: 'invalidSyntax' });
  });

  it('R21 has a limit, and is refused where it is none', async () => {
    expect(await refused(bulk(post('a'), post('b')), { tolerant: true, maxOperations: 1 })).toBe('413 undefined');
    expect(await refused(null)).toBe('400 invalidSyntax');
    expect(await refused({ Operations: [] })).toBe('400 invalidSyntax');
    expect(await refused({ schemas: [BULK_URN] })).toBe('400 invalidSyntax');
    expect(await refused({ ...bulk(), failOnErrors: 0 })).toBe('400 invalidValue');
  });

  it('R26 names that objects inherit are data', async () => {
    const data = JSON.parse('{"__proto__":{"x":"bulkId:constructor"},"constructor":"bulkId:__proto__"}');
    const { calls, results } = await run(bulk(post('__proto__'), post('constructor'), post('z', data)));
    expect(results.map((one) => one['status'])).toEqual(['201', '201', '201']);
    expect(JSON.stringify(calls[2]!.data)).toBe('{"__proto__":{"x":"id2"},"constructor":"id1"}');
    expect('x' in {}).toBe(false);
  });

  it('what does not go in a circle is carried out once, behind all that it speaks of, however it is ordered', async () => {
    const references = fc.array(fc.array(fc.nat(11), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(references, async (graph) => {
        const posts = graph.map((needs, i) =>
          post(`b${i}`, { refs: needs.filter((n) => n < graph.length).map((n) => `bulkId:b${n}`) }),
        );
        const { results, calls } = await run(bulk(...posts));
        const reaches = (from: number, to: number, seen = new Set<number>()): boolean =>
          graph[from]!.some((n) => n < graph.length && (n === to || (!seen.has(n) && reaches(n, to, seen.add(n)))));
        const free = graph.map((_, i) => !graph.some((_, j) => reaches(j, j) && (i === j || reaches(i, j))));
        expect(results.map((one) => one['status'] === '201')).toEqual(free);
        expect(calls.length).toBe(free.filter((one) => one).length);
        expect(JSON.stringify(calls)).not.toContain('bulkId:');
      }),
      { numRuns: 100 },
    );
  });
});
