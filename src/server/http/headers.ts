/** Said with every answer: a browser does with it what was meant, and nothing else (OWASP Secure Headers). */

/** Answers of the API are data: nothing in them is run, shown in a frame or kept. */
export const SECURE: { readonly [name: string]: string } = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cache-control': 'no-store',
};

/** Of a service that browsers reach by TLS: they never do otherwise again, for a year (RFC 6797, 6.1). Other hosts of its domain are not its own. */
export const TLS_ALONE: { readonly [name: string]: string } = { 'strict-transport-security': 'max-age=31536000' };
