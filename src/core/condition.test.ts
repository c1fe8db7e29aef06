import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALWAYS, byCodePoint, type Condition, type Folded, holds, NEVER, valuesAt } from './condition.ts';

const ada: Folded = {
  userName: ['ada'],
  active: [true],
  age: [36],
  emails: [
    { type: ['work'], value: ['ada@x'] },
    { type: ['home'], value: ['ada@home'] },
  ],
};
const asked = (compare: 'eq' | 'ne' | 'gt', path: string, value: string | number | boolean | null): boolean =>
  holds({ compare, path: path.split('.'), value }, ada);

describe('a condition', () => {
  it('holds where any value of a list does', () => {
    expect(asked('eq', 'emails.value', 'ada@home')).toBe(true);
    expect(asked('eq', 'emails.value', 'bob@x')).toBe(false);
    expect(valuesAt(ada, ['emails', 'type'])).toEqual(['work', 'home']);
  });

  it('takes what is absent as another value, and as null', () => {
    expect([asked('ne', 'title', 'x'), asked('eq', 'title', null), asked('ne', 'title', null)]).toEqual([true, true, false]);
    expect([asked('ne', 'userName', 'ada'), asked('eq', 'userName', null), asked('ne', 'userName', null)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('compares values of one type only', () => {
    expect([asked('eq', 'age', '36'), asked('gt', 'age', 35), asked('gt', 'userName', 35), asked('gt', 'active', true)]).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('of one element holds within one and the same', () => {
    const of = (type: string): Condition => ({
      and: [
        { compare: 'eq', path: ['type'], value: type },
        { compare: 'eq', path: ['value'], value: 'ada@x' },
      ],
    });
    expect([holds({ any: ['emails'], of: of('work') }, ada), holds({ any: ['emails'], of: of('home') }, ada)]).toEqual([
      true,
      false,
    ]);
    expect([holds({ any: ['userName'], of: ALWAYS }, ada), holds(ALWAYS, ada), holds(NEVER, ada)]).toEqual([false, true, false]);
  });

  it('reads names that a document does not have itself as absent', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) expect(holds({ present: [name] }, { a: ['x'] })).toBe(false);
  });

  it('orders text as its UTF-8 bytes', () => {
    expect(byCodePoint('\u{1f600}', '\ufffd')).toBeGreaterThan(0);
    const text = fc.array(fc.constantFrom('a', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'), { maxLength: 4 });
    const texts = text.map((characters) => characters.join(''));
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(Math.sign(byCodePoint(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
    );
  });
});
