import { describe, expect, it } from 'vitest';
import { refused } from '../../../test/scim.ts';
import { type ListQuery, listResponse, readQuery, readSearch, SEARCH_URN, sortPath } from './query.ts';
import { resourceTypes } from './resource-types.ts';
import { ENTERPRISE_URN, USER_URN } from './schemas.ts';

const [USER] = resourceTypes([]) as [ReturnType<typeof resourceTypes>[number]];
const OPTIONS = { tolerant: true, defaultCount: 100, maxCount: 200 };
const query = (text: string): ListQuery => readQuery(new URLSearchParams(text), OPTIONS);
const search = (body: object, tolerant = true): ListQuery => readSearch(body, { ...OPTIONS, tolerant });

describe('the query of a list', () => {
  it('R9 has a first index of at least one, and a count of at least none and at most the limit', () => {
    const page = (text: string) => [query(text).startIndex, query(text).count];
    expect(page('')).toEqual([1, 100]);
    expect(page('startIndex=0&count=-1')).toEqual([1, 0]);
    expect(page('startIndex=-99999999999999999999&count=99999999999999999999')).toEqual([1, 200]);
    expect(page('startIndex=101&count=0')).toEqual([101, 0]);
    expect(page('startIndex=&count=')).toEqual([1, 100]);
  });

  it('O7 takes only whole numbers', () => {
    for (const text of ['count=a', 'count=1.5', 'startIndex=1e3', 'startIndex=0x1', 'count=1 2'])
      expect(refused(() => query(text))).toBe('400 invalidValue');
  });

  it('O1 O2 E1 reads what Okta and Entra ask for', () => {
    expect(query('filter=userName%20eq%20%22a%20b%22&startIndex=1&count=100')).toEqual({
      filter: 'userName eq "a b"',
      sortBy: null,
      descending: false,
      startIndex: 1,
      count: 100,
      cursor: null,
      attributes: [],
      excludedAttributes: [],
    });
  });

  it('E3 takes its parameters in any order, E15 in any case, E7 beside others it does not know', () => {
    for (const text of [
      'excludedAttributes=members&filter=displayName+eq+"G"',
      'aadOptscim062020&FILTER=displayName+eq+"G"&filter=second&excludedattributes=members&startindex=0&x=1',
    ])
      expect(query(text)).toMatchObject({ filter: 'displayName eq "G"', excludedAttributes: ['members'], startIndex: 1 });
  });

  it('R11 has lists of names', () => {
    expect(query(`attributes=userName,%20name.givenName,,${ENTERPRISE_URN}:department`).attributes).toEqual([
      'userName',
      'name.givenName',
      `${ENTERPRISE_URN}:department`,
    ]);
    expect(refused(() => query(`attributes=${'a,'.repeat(600)}`))).toBe('400 invalidValue');
  });

  it('R12 is sorted up or down', () => {
    expect(query('sortBy=userName')).toMatchObject({ sortBy: 'userName', descending: false });
    expect(query('sortBy=userName&sortOrder=Descending').descending).toBe(true);
    expect(refused(() => query('sortOrder=sideways'))).toBe('400 invalidValue');
  });

  it('R12 finds what it is sorted by in a folded document', () => {
    expect(sortPath('USERNAME', USER)).toEqual(['userName']);
    expect(sortPath('emails', USER)).toEqual(['emails', 'value']);
    expect(sortPath('name.familyName', USER)).toEqual(['name', 'familyName']);
    expect(sortPath(`${ENTERPRISE_URN}:manager`, USER)).toEqual(['enterprise', 'manager', 'value']);
    expect(sortPath(`${USER_URN}:meta.created`, USER)).toEqual(['meta', 'created']);
    for (const none of ['unheardOf', 'password', 'constructor']) expect(sortPath(none, USER)).toBe(null);
    expect(refused(() => sortPath('emails[', USER))).toBe('400 invalidPath');
  });

  it('R13 is the same in the body of a search', () => {
    const body = {
      schemas: [SEARCH_URN],
      attributes: ['userName'],
      filter: 'a pr',
      sortBy: 'b',
      sortOrder: 'descending',
      startIndex: 5,
      count: 7,
    };
    expect(search(body, false)).toEqual(
      query('attributes=userName&filter=a+pr&sortBy=b&sortOrder=descending&startIndex=5&count=7'),
    );
    expect(search({ attributes: 'a,b', filter: null, unknown: {} })).toMatchObject({ attributes: ['a', 'b'], filter: null });
    expect(refused(() => search({}, false))).toBe('400 invalidSyntax');
    expect(refused(() => search([]))).toBe('400 invalidSyntax');
    expect(refused(() => search({ filter: 1 }))).toBe('400 invalidValue');
    expect(refused(() => search({ attributes: [1] }))).toBe('400 invalidValue');
    expect(refused(() => search({ count: 1.5 }))).toBe('400 invalidValue');
  });

  it('R14 pages by cursor, an empty one for the first', () => {
    expect(query('cursor&count=10')).toMatchObject({ cursor: '', count: 10 });
    expect(query('cursor=VZUTiyhEQJ94IR&count=999')).toMatchObject({ cursor: 'VZUTiyhEQJ94IR', count: 200 });
    expect(search({ cursor: '', count: 1 }).cursor).toBe('');
    expect(refused(() => query('cursor=a%20b'))).toBe('400 invalidCursor');
    expect(refused(() => query(`cursor=${'a'.repeat(5_000)}`))).toBe('400 invalidCursor');
    for (const count of ['0', '-1', 'x']) expect(refused(() => query(`cursor=&count=${count}`))).toBe('400 invalidCount');
  });
});

describe('a list', () => {
  it('E1 R10 of nothing is a list, and says how many there are beyond its end', () => {
    expect(listResponse({ resources: [], total: 0, startIndex: 1 })).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 0,
      itemsPerPage: 0,
      startIndex: 1,
      Resources: [],
    });
    expect(listResponse({ resources: [], total: 7, startIndex: 100 })).toMatchObject({ totalResults: 7, itemsPerPage: 0 });
  });

  it('R9 scimmy: items per page are those that are there', () => {
    expect(listResponse({ resources: [{ id: '1' }], total: 20, startIndex: 3 })).toMatchObject({
      itemsPerPage: 1,
      startIndex: 3,
    });
  });

  it('R14 of a page by cursor names the next, the last page none', () => {
    const page = listResponse({ resources: [{}], total: 3, nextCursor: 'n', previousCursor: 'p' });
    expect(page).toMatchObject({ nextCursor: 'n', previousCursor: 'p', totalResults: 3 });
    expect(page).not.toHaveProperty('startIndex');
    expect(listResponse({ resources: [{}] })).not.toHaveProperty('nextCursor');
  });
});
