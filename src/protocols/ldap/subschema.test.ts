import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAttributeTypes, schemaFrom } from './subschema.ts';

const TEXTS = [
  "( 2.5.4.41 NAME 'name' DESC 'RFC4519: it''s (a) name' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )".replace(
    "''",
    '\\27',
  ),
  "( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'known as SINGLE-VALUE' SUP name )",
  "( 1.1.1 NAME 'hireDate' EQUALITY generalizedTimeMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE X-ORDERED 'VALUES' )",
  "( 1.1.2 NAME 'badge' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )",
  "( 1.1.3 NAME 'face' SYNTAX 1.3.6.1.4.1.1466.115.121.1.28 )",
  "( 1.1.4 NAME 'boss' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )",
  "( 1.1.5 NAME 'token' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 NO-USER-MODIFICATION USAGE directoryOperation )",
  "( 1.1.6 NAME 'loop' SUP loop )",
];

test('types, one or several values, what may not be written, what is taken over from above', () => {
  const schema = schemaFrom({
    attributeTypes: TEXTS,
    extendedAttributeInfo: ["( '1.1.2' NAME 'badge' RANGE-LOWER '1' RANGE-UPPER '64' )"],
  });
  expect({ ...schema }).toEqual({
    name: { type: 'string', multi: true, matching: 'caseIgnore', readOnly: true },
    cn: { type: 'string', multi: true, matching: 'caseIgnore' },
    commonName: { type: 'string', multi: true, matching: 'caseIgnore' },
    hireDate: { type: 'instant', multi: false, matching: 'instant' },
    badge: { type: 'integer', multi: false, matching: 'integer', maxLength: 64 },
    face: { type: 'binary', multi: true, matching: 'exact' },
    boss: { type: 'reference', multi: true, matching: 'dn' },
    token: { type: 'string', multi: true, matching: 'exact', readOnly: true },
    loop: { type: 'string', multi: true, matching: 'caseIgnore' },
  });
  expect(readAttributeTypes(TEXTS).get('commonname')).toMatchObject({
    length: 32768,
    equality: 'caseIgnoreMatch',
    single: false,
  });
});

test('whatever a server says about itself, it is read', () => {
  const word = fc.constantFrom('(', ')', "'", 'NAME', 'SUP', 'SYNTAX', '$', 'x', "'cn'", '\\', '1.2{9}');
  const text = fc.oneof(
    fc.array(word).map((words) => words.join(' ')),
    fc.string(),
  );
  fc.assert(fc.property(fc.array(text), (attributeTypes) => void expect(schemaFrom({ attributeTypes })).toBeTypeOf('object')));
});
