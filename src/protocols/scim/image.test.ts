import { expect, it } from 'vitest';
import { imageText } from '#core/canonical';
import { readNew } from './body.ts';
import { fromImage, toImage } from './image.ts';
import { resourceTypes } from './resource-types.ts';
import { ENTERPRISE_URN } from './schemas.ts';

const [USER, GROUP] = resourceTypes([]) as [ReturnType<typeof resourceTypes>[number], ReturnType<typeof resourceTypes>[number]];
const image = (body: object) => toImage(readNew({ userName: 'ada', ...body }, USER, { tolerant: true }).resource, USER);

it('stands attribute by attribute, the way rules see it', () => {
  const made = image({
    active: true,
    name: { givenName: 'Ada' },
    emails: [
      { value: 'z@home', type: 'home', primary: true },
      { value: 'b@work', type: 'Work' },
      { value: 'a@work', type: 'work' },
    ],
    addresses: [{ type: 'work', locality: 'London', primary: true }],
    roles: ['r'],
    [ENTERPRISE_URN]: { department: 'Engines', manager: { value: 'm1' } },
  });
  expect({ ...made }).toEqual({
    userName: 'ada',
    active: true,
    'name.givenName': 'Ada',
    emails: [
      '{"primary":true,"type":"home","value":"z@home"}',
      '{"type":"Work","value":"b@work"}',
      '{"type":"work","value":"a@work"}',
    ],
    'emails.home': 'z@home',
    'emails.work': 'b@work',
    'emails.primary': 'z@home',
    'emails.value': ['a@work', 'b@work', 'z@home'],
    addresses: ['{"locality":"London","primary":true,"type":"work"}'],
    'addresses.work.locality': 'London',
    'addresses.primary.locality': 'London',
    roles: ['{"value":"r"}'],
    'roles.primary': 'r',
    'roles.value': ['r'],
    'enterprise.department': 'Engines',
    'enterprise.manager': 'm1',
  });
});

it('comes back with its id and version, whatever was made from it for rules', () => {
  const resource = {
    id: '7',
    externalId: 'e',
    meta: { created: '2026-01-01T00:00:00.000Z', lastModified: '2026-01-02T00:00:00.000Z', version: 'W/"3"' },
    userName: 'ada',
    emails: [{ type: 'work', value: 'a@b' }],
    [ENTERPRISE_URN]: { manager: { displayName: 'M', value: 'm' } },
  };
  const made = toImage(resource, USER);
  expect(made['meta.version']).toBe(3);
  expect(made['enterprise.manager.displayName']).toBe('M');
  expect(made['id']).toBeUndefined();
  expect(fromImage(made, '7', USER)).toEqual(resource);
  made['emails.work'] = 'changed';
  made['emails.value'] = ['changed'];
  expect(fromImage(made, '7', USER)).toEqual(resource);
});

it('a type that is no name has no attribute of its own', () => {
  const emails = ['primary', 'value', 'work.locality', '__proto__', 'constructor', 'x y', 'é', ''].map((type, i) => ({
    type,
    value: `v${i}`,
  }));
  const made = image({ emails });
  expect(Object.keys(made).filter((name) => name.startsWith('emails.'))).toEqual([
    'emails.value',
    'emails.constructor',
    'emails.primary',
  ]);
  expect(made['emails.value']).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7']);
  const many = Array.from({ length: 900 }, (_, i) => ({ type: `t${i}`, value: 'v' }));
  expect(Object.keys(image({ emails: many })).length).toBeLessThan(60);
});

it('of a group there is all but the members', () => {
  const { resource } = readNew({ displayName: 'G', members: [{ value: 'a' }] }, GROUP, { tolerant: true });
  const made = toImage(resource, GROUP);
  expect(imageText(made)).toBe('{"displayName":"G"}');
  made['members'] = ['a'];
  expect(fromImage(made, 'g', GROUP)).toEqual({ id: 'g', displayName: 'G' });
});
