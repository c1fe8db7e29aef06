import { describe, expect, it } from 'vitest';
import { searchShape, searchText, wholeWord } from './searched.ts';
import { attributes } from './values.ts';

describe('what somebody is found by', () => {
  const zoe = attributes([
    ['displayName', 'Zoë Çelik-Ø'],
    ['mail', 'Zoe.Celik@firm.example'],
    ['aliases', ['z@firm.example']],
    ['city', 'Łódź'],
  ]);
  it('is the words of what is searched, and whole values of what names one person', () => {
    const text = searchText(zoe, ['aliases', 'displayName', 'mail']).split(' ');
    expect(text).toEqual([
      ...['z', 'firm', 'example', 'zoe', 'celik', 'o'],
      wholeWord('z@firm.example'),
      wholeWord('zoe.celik@FIRM.example '),
    ]);
    expect(searchText(zoe, ['city'])).toBe('lodz');
  });
  it('is of another shape when the list is another one', () => {
    const shape = searchShape([['person', ['mail']]]);
    expect(shape).toMatch(/^[0-9a-f]{16}$/);
    expect(searchShape([['person', ['city', 'mail']]])).not.toBe(shape);
  });
});
