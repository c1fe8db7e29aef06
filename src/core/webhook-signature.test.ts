import { expect, test } from 'vitest';
import { hubSignature, isSignedBy, standardSignature } from './webhook-signature.ts';

const BODY = Buffer.from('{"test": 2432232314}');
const now = 1_614_265_330_000;

test('is as the published examples have it', () => {
  // Of the specification of Standard Webhooks, and of the documentation of GitHub.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  expect(standardSignature(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, BODY)).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
  expect(hubSignature("It's a Secret to Everybody", 'Hello, World!')).toBe(
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  );
});

test('is taken while it is new, for the same id and body', () => {
  const headers = (id: string, seconds: number, body: Uint8Array = BODY) => ({
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,b2xk v2,x ${standardSignature('s', 'a', now / 1_000, body)}`,
  });
  expect(isSignedBy('s', headers('a', now / 1_000), BODY, now)).toBe(true);
  expect(isSignedBy('s', headers('a', now / 1_000), BODY, now + 300_000)).toBe(true);
  expect(isSignedBy('s', headers('a', now / 1_000), BODY, now + 300_001)).toBe(false);
  expect(isSignedBy('s', headers('a', now / 1_000), BODY, now - 300_001)).toBe(false);
  expect(isSignedBy('s', headers('b', now / 1_000), BODY, now)).toBe(false);
  expect(isSignedBy('s', headers('a', now / 1_000 + 1), BODY, now)).toBe(false);
  expect(isSignedBy('s', headers('a', now / 1_000), Buffer.from('{}'), now)).toBe(false);
  expect(isSignedBy('other', headers('a', now / 1_000), BODY, now)).toBe(false);
  // One that says when is not let in by one that does not.
  const both = { ...headers('b', 0), 'x-hub-signature-256': hubSignature('s', BODY) };
  expect(isSignedBy('s', both, BODY, now)).toBe(false);
  expect(isSignedBy('s', { 'x-hub-signature-256': hubSignature('s', BODY) }, BODY, now)).toBe(true);
  expect(isSignedBy('s', { 'x-hub-signature-256': 'sha256=' }, BODY, now)).toBe(false);
  expect(isSignedBy('s', {}, BODY, now)).toBe(false);
});
