import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeDnValue, normalDn, parentDn, parseDn } from './dn.ts';

describe('distinguished names', () => {
  it('any value survives being escaped and parsed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        fc.pre(value.isWellFormed());
        const parsed = parseDn(`cn=${escapeDnValue(value)},dc=example`);
        expect(parsed?.[0]?.[0]?.value).toBe(value);
        expect(parsed).toHaveLength(2);
        expect(parentDn(`cn=${escapeDnValue(value)},dc=example`)).toBe('dc=example');
      }),
      { numRuns: 500 },
    );
  });

  it.each(['x\\ ', '\\ ', ' ', '  ', ' #', '#', 'a\\'])('%j survives too', (value) => {
    expect(parseDn(`cn=${escapeDnValue(value)}`)?.[0]?.[0]?.value).toBe(value);
  });

  it('is nothing of any length', () => {
    expect(parseDn(`${'ou=x,'.repeat(10_000)}dc=org`)).toHaveLength(10_001);
    for (const part of ['ou=x,', 'ou=x+', 'cn=\\,,', 'cn=#41,']) expect(normalDn(`${part.repeat(3_000_000)}dc=org`)).toBe(null);
  });

  it('never throws', () => {
    const piece = fc.constantFrom('cn', '=', ',', '+', ';', '\\', '"', '#', 'ab', ' ', '\\41', 'é', '2.5.4.3');
    fc.assert(
      fc.property(
        fc.array(piece).map((p) => p.join('')),
        (t) => {
          expect(parseDn(t) === null).toBe(normalDn(t) === null);
          parentDn(t);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads the examples of RFC 4514', () => {
    expect(parseDn('UID=jsmith,DC=example,DC=net')?.map((rdn) => rdn[0]!.value)).toEqual(['jsmith', 'example', 'net']);
    expect(parseDn('OU=Sales+CN=J.  Smith,DC=example')?.[0]).toHaveLength(2);
    expect(parseDn('CN=Before\\0dAfter,DC=example')?.[0]?.[0]?.value).toBe('Before\rAfter');
    expect(parseDn('1.3.6.1.4.1.1466.0=#04024869')?.[0]?.[0]).toEqual({
      type: '1.3.6.1.4.1.1466.0',
      value: '#04024869',
      hex: true,
    });
    expect(parseDn('CN=Lu\\C4\\8Di\\C4\\87')?.[0]?.[0]?.value).toBe('Lučić');
    expect(parseDn('')).toEqual([]);
    for (const bad of ['x', 'cn=a,', '=a', 'cn=a\\', 'cn="a', 'cn=#4', 'c n=a']) expect(parseDn(bad)).toBe(null);
  });

  it('knows the parent as written, not inside quotes or escapes', () => {
    expect(parentDn('cn="a,b", OU=Sales;dc=x')).toBe('OU=Sales;dc=x');
    expect(parentDn('dc=x')).toBe(null);
    expect(parentDn('nonsense')).toBe(null);
  });
});
