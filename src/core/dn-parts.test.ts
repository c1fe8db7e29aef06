import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeDnValue, parseDn } from './dn.ts';
import { isNameByRule, type NamePart, nameOfParts } from './dn-parts.ts';

const rule = (text: string): NamePart => ({ from: 'rule', text });
const data = (text: string): NamePart => ({ from: 'data', text });
const escaped = (text: string): NamePart => ({ from: 'escaped', text: escapeDnValue(text) });

const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed()),
  fc
    .array(fc.constantFrom(',', '+', ';', '=', '\\', '"', '#', ' ', '\0', '<', 'OU=Admins', '41', 'é', 'x'), { minLength: 1 })
    .map((pieces) => pieces.join('')),
);

describe('a name of parts', () => {
  it('has the levels that the rule wrote, and each value whole, whatever the values are', () => {
    const level = fc.record({
      type: fc.constantFrom('CN', 'ou', '2.5.4.3'),
      before: fc.constantFrom('', 'x', 'x-'),
      value: hostile,
    });
    const names = fc.array(level, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(names, fc.constantFrom(',', ', ', ';', '+'), fc.boolean(), (levels, by, done) => {
        const parts = levels.flatMap(({ type, before, value }, i) => [
          rule(`${i === 0 ? '' : by}${type}=${before}`),
          done ? escaped(value) : data(value),
        ]);
        const parsed = parseDn(nameOfParts([...parts, rule(',DC=x')]))!.flat();
        expect(parsed.map(({ type, value }) => [type, value])).toEqual([
          ...levels.map(({ type, before, value }) => [type, before + value]),
          ['DC', 'x'],
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws anything but a refusal, and a name that it answers has what the rule wrote at its end', () => {
    const part = fc.oneof(
      hostile.map(data),
      hostile.map(escaped),
      fc.constantFrom('CN=', ',OU=', ',', 'a', '"', '+uid=').map(rule),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        try {
          const found = parseDn(nameOfParts([rule('CN='), ...parts, rule(',OU=People,DC=x')]));
          expect(
            found === null ||
              found
                .slice(-2)
                .map((rdn) => rdn.at(-1)!.value)
                .join(),
          ).toBe(found === null || 'People,x');
        } catch (error) {
          expect(error).toMatchObject({ kind: 'invalidValue' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['one level of a value', [rule('CN='), data('Evil,OU=Admins'), rule(',DC=x')], 'CN=Evil\\,OU\\=Admins,DC=x'],
    ['not twice', [rule('CN='), escaped('Braun, Karl'), rule(',DC=x')], 'CN=Braun\\, Karl,DC=x'],
    ['values beside each other', [rule('CN='), data('a,'), rule(' '), data('b'), rule(',DC=x')], 'CN=a\\, b,DC=x'],
    ['a path that data holds', [rule('CN='), data('a'), rule(','), data('OU=b,DC=x')], 'CN=a,OU=b,DC=x'],
    ['a path in between', [rule('CN=a,'), data('OU=b'), rule(',DC=x')], 'CN=a,OU=b,DC=x'],
    ['a whole name', [data('CN=a,DC=x')], 'CN=a,DC=x'],
    ['in quotes', [rule('CN="a'), rule('",DC=x')], 'CN="a",DC=x'],
  ])('%s', (_, parts, name) => expect(nameOfParts(parts)).toBe(name));

  it.each([
    ['a path that is none', [rule('CN=a,'), data('nonsense')], /is no DN/],
    ['a path with an end that goes on', [rule('CN=a,'), data('OU=b'), rule('c,DC=x')], /does not part it/],
    ['two paths', [data('CN=a'), data(',DC=x')], /does not part it/],
    ['a type', [data('CN'), rule('=a')], /is no DN/],
    ['a value behind half an escape', [rule('CN=a\\'), data('b')], /no value can stand there/],
    ['a value in quotes', [rule('CN="'), data('b'), rule('"')], /no value can stand there/],
    ['an escaped value for a level', [rule('CN=a,'), escaped('b')], /no value can stand there/],
  ])('%s is refused', (_, parts, message) => expect(() => nameOfParts(parts)).toThrow(message));

  it('is a name by what the rule says alone', () => {
    expect(isNameByRule([rule('CN='), data(',')])).toBe(true);
    expect(isNameByRule([rule('CN='), data('a'), rule(','), data('')])).toBe(true);
    expect(isNameByRule([rule('user/'), data('CN=a')])).toBe(false);
    expect(isNameByRule([rule('a'), data('=b')])).toBe(false);
  });
});
