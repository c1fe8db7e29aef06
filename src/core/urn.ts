/** How an extension of SCIM is named: by its URN (RFC 8141 2), and here by a short prefix of its attributes. Each with what to say of another text. */

export const URN: readonly [pattern: RegExp, wrong: string] = [
  /^urn:[a-z0-9][a-z0-9-]{0,31}:[\w.:()+,=@;$!*'%/-]{1,200}$/i,
  'must be a URN',
];

export const SHORT_NAME: readonly [pattern: RegExp, wrong: string] = [
  /^[A-Za-z][\w-]{0,63}$/,
  'must be a name: a letter, then letters, digits, - or _',
];
