import { describe, expect, it } from 'vitest';
import { type Filter, FilterError } from './ast.ts';
import { parseFilter, parsePath } from './parse.ts';

/** As text, fully in parentheses. */
function shown(filter: Filter): string {
  if ('and' in filter) return `(${filter.and.map(shown).join(' and ')})`;
  if ('or' in filter) return `(${filter.or.map(shown).join(' or ')})`;
  if ('not' in filter) return `!${shown(filter.not)}`;
  if ('element' in filter) return `${filter.element.text}[${shown(filter.of)}]`;
  if ('present' in filter) return `${filter.present.text} pr`;
  return `${filter.attribute.text} ${filter.compare} ${JSON.stringify(filter.value)}`;
}

function fault(act: () => unknown): FilterError {
  try {
    act();
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a filter', () => {
  it.each([
    ['userName Eq "bjensen"', 'userName eq "bjensen"'],
    ['a pr OR b pr AND NOT(c pr)', '(a pr or (b pr and !c pr))'],
    ['not (a eq 1 or b eq 2) and c eq 3', '(!(a eq 1 or b eq 2) and c eq 3)'],
    ['((a eq 1 or b eq 2) and c eq 3)', '((a eq 1 or b eq 2) and c eq 3)'],
    ['not pr or not eq -1.5e3', '(not pr or not eq -1500)'],
    [
      'emails[type eq "work" and (value co "@x" or primary eq true)]',
      'emails[(type eq "work" and (value co "@x" or primary eq true))]',
    ],
    ['emails[type eq "work"].value eq "a@b"', 'emails[(type eq "work" and value eq "a@b")]'],
    ['emails[type eq "work"].Value pr', 'emails[(type eq "work" and Value pr)]'],
    ['x eq "\\u00e9 \\"q\\" \\\\ ] ) \\ud83d\\ude00"', 'x eq "é \\"q\\" \\\\ ] ) 😀"'],
    ['x eq NULL or x eq True', '(x eq null or x eq true)'],
    ['  a\tpr  ', 'a pr'],
    ['members[$ref sw "../"]', 'members[$ref sw "../"]'],
  ])('%s', (text, means) => expect(shown(parseFilter(text))).toBe(means));

  it('has names with URNs, whose dots are no sub-attributes', () => {
    const filter = parseFilter('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName pr');
    const path = {
      name: 'manager',
      sub: 'displayName',
      urn: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
      at: 1,
    };
    expect(filter).toMatchObject({ present: path });
    expect(parsePath("urn:example:o'neil+co;1.0:User:staff.no")).toMatchObject({ attribute: { name: 'staff' }, sub: 'no' });
  });

  it.each([
    [1, 'name of an attribute', ''],
    [9, 'operator', 'userName'],
    [10, 'operator', 'userName == "x"'],
    [13, 'value', 'userName eq x'],
    [13, 'closing quote', 'userName eq "x'],
    [13, 'JSON', 'userName eq "\\x"'],
    [13, 'U+0000', 'userName eq "\\u0000"'],
    [13, 'surrogate', 'userName eq "\\ud800"'],
    [13, 'value', 'userName eq 01'],
    [13, 'too large', 'userName eq 1e999'],
    [6, 'end', 'a pr b pr'],
    [6, '")"', '(a pr'],
    [7, '"]"', 'e[a pr'],
    [4, 'brackets in brackets', 'e[a[b pr]]'],
    [4, 'sub-attribute', 'e.f[a pr]'],
    [1, 'name', 'a.b.c pr'],
    [1, 'name', '__proto__ pr'],
    [5, 'end', 'a pr)'],
    [21, 'deep', `${'('.repeat(30)}a pr`],
    [1602, '200 comparisons', Array.from({ length: 201 }, () => 'a pr').join(' or ')],
    [8193, 'longer', `a eq "${'x'.repeat(9_000)}"`],
  ])('is refused at %i: %s', (at, why, text) => {
    const error = fault(() => parseFilter(text));
    expect(error).toMatchObject({ at, scimType: 'invalidFilter' });
    expect(error.message).toContain(why);
  });

  it('is read in one pass', () => {
    const limits = { length: 1_000_000, depth: 20, terms: 1_000_000 };
    expect(shown(parseFilter(Array(50_000).fill('a pr').join(' and '), limits))).toHaveLength(449_997);
    for (const bad of ['a eq "'.padEnd(900_000, '\\"'), `a eq ${'1'.repeat(900_000)}x`, 'a.'.repeat(400_000)])
      expect(fault(() => parseFilter(bad, limits)).scimType).toBe('invalidFilter');
  });
});

describe('a path', () => {
  it('is an attribute, its sub-attribute, or a value that a filter chooses', () => {
    expect(parsePath('name.familyName')).toMatchObject({
      attribute: { name: 'name', sub: 'familyName' },
      filter: null,
      sub: 'familyName',
    });
    expect(parsePath('emails[Type eq "work"].value')).toMatchObject({
      attribute: { text: 'emails' },
      filter: { compare: 'eq', attribute: { name: 'Type' }, value: 'work' },
      sub: 'value',
    });
    expect(parsePath('urn:x:2.0:User:emails[primary eq "True"]')).toMatchObject({
      attribute: { urn: 'urn:x:2.0:User', name: 'emails' },
      sub: null,
    });
    expect(parsePath('urn:example:ext:1.0').attribute.text).toBe('urn:example:ext:1.0');
  });

  it('says what is wrong in it, and what in its filter', () => {
    expect(fault(() => parsePath('emails[type eq work]'))).toMatchObject({ scimType: 'invalidFilter', at: 16 });
    for (const bad of ['', 'a b', 'emails[type pr].', 'emails[type pr]x', '__proto__.x', 'a[b pr].__proto__'])
      expect(fault(() => parsePath(bad)).scimType).toBe('invalidPath');
  });
});
