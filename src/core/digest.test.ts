import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createDigester, sha256Hex } from './digest.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('digests', () => {
  const a = createDigester(new Uint8Array(32).fill(1));
  const b = createDigester(new Uint8Array(32).fill(2));

  it('depend on key, kind, anchor and image, and on where one ends and the next begins', () => {
    const all = [
      a.content('person', 'E1', '{}'),
      b.content('person', 'E1', '{}'),
      a.content('perso', 'nE1', '{}'),
      a.content('person', 'E', '1{}'),
      a.content('person', 'E1{', '}'),
      a.content('group', 'E1', '{}'),
    ].map(hex);
    expect(new Set(all).size).toBe(all.length);
    const anchors = [a.anchor('person', 'E1'), b.anchor('person', 'E1'), a.anchor('perso', 'nE1'), a.anchor('p', 'ersonE1')].map(
      hex,
    );
    expect(new Set(anchors).size).toBe(anchors.length);
  });

  it('are the same bytes when written into a place, and touch nothing beside it', () => {
    const out = new Uint8Array(40).fill(9);
    a.anchorInto(out, 4, 'person', 'Zoë');
    a.contentInto(out, 12, 'person', 'Zoë', '{"a":"ß"}');
    expect(hex(out.slice(4, 12))).toBe(hex(a.anchor('person', 'Zoë')));
    expect(hex(out.slice(12, 28))).toBe(hex(a.content('person', 'Zoë', '{"a":"ß"}')));
    expect([...out.slice(0, 4), ...out.slice(28)]).toEqual(new Array(16).fill(9));
  });

  it('of content are plain SHA-256', () => {
    expect(sha256Hex('Zoë')).toBe(createHash('sha256').update('Zoë').digest('hex'));
    expect(sha256Hex(new Uint8Array([1, 2]))).toBe(
      createHash('sha256')
        .update(new Uint8Array([1, 2]))
        .digest('hex'),
    );
  });
});
