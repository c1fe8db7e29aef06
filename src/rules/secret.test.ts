import { beforeEach, expect, it } from 'vitest';
import { compileSecret, isSecret } from './secret.ts';

let faults: string[] = [];
beforeEach(() => {
  faults = [];
});
const compiled = (raw: unknown) =>
  compileSecret('password', raw, (path, message) => void faults.push(`${path.join('/')}: ${message}`));

it('is told from other flows by its key', () => {
  expect([isSecret({ generate: {} }), isSecret(new Map([['generate', {}]]))]).toEqual([true, true]);
  for (const other of ['mail', null, { value: 'mail' }, [], { toString: 1 }]) expect(isSecret(other)).toBe(false);
});

it('has a policy of which every spelling has one text', () => {
  const usual = compiled({ generate: {}, deliver: 'none' });
  expect(usual).toMatchObject({
    policy: { length: 20, classes: ['lower', 'upper', 'digit', 'symbol'], unambiguous: false },
    deliver: { to: 'none' },
  });
  const written = compiled({
    generate: { classes: ['symbol', 'digit', 'upper', 'lower', 'lower'], length: 20 },
    deliver: 'none',
  });
  expect(written!.text).toBe(usual!.text);
  expect(faults).toEqual([]);
});

it('is delivered to a folder or a program', () => {
  expect(compiled({ generate: null, deliver: { file: 'secrets' } })?.deliver).toEqual({ to: 'file', folder: 'secrets' });
  expect(compiled({ generate: {}, deliver: { command: ['tell', '-q'], timeoutSeconds: 5 } })?.deliver).toEqual({
    to: 'command',
    command: ['tell', '-q'],
    timeoutMs: 5_000,
  });
});

it.each<[unknown, string]>([
  [{ generate: {} }, 'deliver: it is not said who is told the generated value'],
  [{ generate: {}, deliver: 'mail' }, "deliver: there is no delivery 'mail'"],
  [{ generate: {}, deliver: {} }, 'deliver: it is not said where to'],
  [{ generate: {}, deliver: { file: 'a', command: ['b'] } }, 'deliver: file and command exclude each other'],
  [{ generate: {}, deliver: { file: 'a', timeoutSeconds: 3 } }, 'deliver/timeoutSeconds: only a command takes time'],
  [
    { generate: {}, deliver: { command: ['a'], timeoutSeconds: 31 } },
    'deliver/timeoutSeconds: a delivery has at most 30 seconds',
  ],
  [{ generate: {}, deliver: { command: [] } }, 'deliver/command: no program is named'],
  [{ generate: { length: 7 }, deliver: 'none' }, 'generate/length: a generated value has 8 to 72 characters'],
  [{ generate: { length: 73 }, deliver: 'none' }, 'generate/length: a generated value has 8 to 72 characters'],
  [
    { generate: { length: 8, classes: ['digit'] }, deliver: 'none' },
    'generate/length: 8 characters of digit are guessed too soon',
  ],
  [{ generate: { classes: ['emoji'] }, deliver: 'none' }, "generate/classes/0: there is no class 'emoji'"],
  [{ generate: { classes: [] }, deliver: 'none' }, 'generate/classes: no class is named'],
  [{ generate: {}, deliver: 'none', strength: 'always' }, "strength: unknown key 'strength'"],
])('%j: %s', (raw, fault) => {
  expect(compiled(raw)).toBe(null);
  expect(faults).toEqual([fault]);
});
