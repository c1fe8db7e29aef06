import { expect, it } from 'vitest';
import { refusal, ScimError } from './errors.ts';

it('R22 the body of an error has its status as text', () => {
  expect(refusal('invalidPath', 'what').body()).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '400',
    scimType: 'invalidPath',
    detail: 'what',
  });
  expect(JSON.parse(JSON.stringify(new ScimError(404, undefined, 'no such user').body()))).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '404',
    detail: 'no such user',
  });
});
