import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RollcallError } from '#core/errors';
import { BerReader } from './ber.ts';
import { encodeFilter, equals, escapeFilterValue, type Filter, formatFilter, parseFilter } from './filter.ts';

const name = fc.constantFrom('cn', 'mail', 'member', 'cn;lang-de', '2.5.4.3');
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('*', ')(uid=*', '\\2a', '\0', '*)(|(objectClass=*', '(&)', 'a\\', '\u2028'),
);
const raw = fc.uint8Array({ maxLength: 20 });
const asBytes = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? Buffer.from(value, 'utf8') : value);
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  name.map((present) => ({ present })),
  fc.record({
    compare: fc.constantFrom('=' as const, '>=' as const, '<=' as const, '~=' as const),
    attribute: name,
    value: fc.oneof(hostile, raw),
  }),
  fc.record({
    attribute: name,
    parts: fc
      .tuple(
        fc.option(raw),
        fc.array(
          raw.filter((part) => part.length > 0),
          { maxLength: 2 },
        ),
        fc.option(raw),
      )
      .map(([first, middle, last]) => ({
        ...(first !== null && first.length > 0 ? { first } : {}),
        middle,
        ...(last !== null && last.length > 0 ? { last } : {}),
      }))
      .filter(({ first, middle, last }) => first !== undefined || middle.length > 0 || last !== undefined),
  }),
  fc.record({
    rule: fc.constant('1.2.840.113556.1.4.803'),
    attribute: fc.constant('userAccountControl'),
    value: fc.constant('2'),
  }),
);
const filters: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('filter'), { maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('filter'), { maxLength: 3 }).map((or) => ({ or })),
    tie('filter').map((not) => ({ not })),
  ),
})).filter;

test('a filter as text is the same filter, whatever its values are', () => {
  fc.assert(
    fc.property(filters, (filter) => void expect(encodeFilter(parseFilter(formatFilter(filter)))).toEqual(encodeFilter(filter))),
  );
});

test('a value is one value of one comparison, in text and on the wire', () => {
  fc.assert(
    fc.property(fc.oneof(hostile, raw), (value) => {
      const text = `(cn=${escapeFilterValue(value)})`;
      expect(text.slice(4, -1)).not.toMatch(/[*()\0]/);
      const sent = new BerReader(encodeFilter(equals('cn', value))).inside(0xa3);
      expect([sent.text(), Buffer.from(sent.octets()), sent.done]).toEqual(['cn', Buffer.from(asBytes(value)), true]);
      if (asBytes(value).length > 0) expect(encodeFilter(parseFilter(text))).toEqual(encodeFilter(equals('cn', value)));
    }),
  );
});

test('any text is a filter, or refused with where and why', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: fc.constantFrom('(', ')', '&', '|', '!', '=', '*', '\\', 'a', ':', '<', '~') }), fc.string()),
      (text) => {
        try {
          parseFilter(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RollcallError);
          expect((error as RollcallError).message).toMatch(/at character \d+/);
        }
      },
    ),
  );
});

test.each([
  ['mail=*', '"(" is expected'],
  ['(mail=*', '")" is expected'],
  ['(mail=*))', 'more behind'],
  ['(mail)', 'a comparison such as'],
  ['(m ail=x)', 'no attribute name'],
  ['(cn=\\zz)', 'two hex digits'],
  [`${'(!'.repeat(200)}(a=b)${')'.repeat(200)}`, 'too deep'],
])('%s is none: %s', (text, said) => {
  expect(() => parseFilter(text)).toThrow(said);
});
