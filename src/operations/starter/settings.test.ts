import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Definition } from '../operation.ts';
import { settingAt, settingFrom, withSetting } from './settings.ts';

it('puts settings with dots into maps, and leaves what it was given alone', () => {
  const given = { bind: { dn: 'cn=a' } };
  const all = withSetting(withSetting(given, 'bind.password', '${env:X}'), 'kinds.person.table', 'a.b');
  expect(JSON.parse(JSON.stringify(all))).toEqual({
    bind: { dn: 'cn=a', password: '${env:X}' },
    kinds: { person: { table: 'a.b' } },
  });
  expect(given).toEqual({ bind: { dn: 'cn=a' } });
  expect([settingAt(all, 'bind.dn'), settingAt(all, 'bind.no'), settingAt(all, 'bind.dn.x')]).toEqual([
    'cn=a',
    undefined,
    undefined,
  ]);
});

it('takes `__proto__` and `toString` as data, never as what objects inherit', () => {
  const all = withSetting({}, '__proto__.x', '1');
  expect(({} as { x?: unknown }).x).toBeUndefined();
  expect(settingAt(all, '__proto__.x')).toBe('1');
  expect(settingAt({}, 'toString')).toBeUndefined();
});

it('reads a text of the command line as the setting takes it', () => {
  const config = z.strictObject({
    size: z.number(),
    follow: z.boolean(),
    base: z.union([z.string(), z.array(z.string())]),
    names: z.array(z.string()).optional(),
    tls: z.union([z.boolean(), z.strictObject({ ca: z.string() })]),
  });
  const from = (key: string, text: string): unknown => settingFrom(text, key, { config } as unknown as Definition);
  expect([from('size', '500'), from('size', 'many')]).toEqual([500, 'many']);
  expect([from('follow', 'true'), from('tls', 'false'), from('tls.ca', 'true')]).toEqual([true, false, 'true']);
  expect([from('base', 'dc=a,dc=b'), from('names', 'a,b')]).toEqual(['dc=a,dc=b', ['a', 'b']]);
  expect(from('unknown', 'x')).toBe('x');
});
