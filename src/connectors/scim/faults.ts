/** What a server refuses, as the error kinds of Rollcall: the one table of codes (RFC 7644 3.12, RFC 9865 2.1). */
import { type ErrorKind, RollcallError, type Where } from '#core/errors';
import type { Answer } from './answer.ts';

interface Meaning {
  readonly kind: ErrorKind;
  readonly says: string;
  readonly remedy?: string;
}

const LOG = 'its own log says why';
const BUSY: Meaning = { kind: 'unavailable', says: 'it does not take it now', remedy: LOG };
const MEANINGS: { readonly [status: number]: Meaning } = {
  400: { kind: 'invalidValue', says: 'it is not taken' },
  401: {
    kind: 'authentication',
    says: 'the token is not good',
    remedy: 'make another token there, and see that it is the one that is given',
  },
  403: { kind: 'permission', says: 'that is not allowed', remedy: 'give the token the right to it there' },
  404: { kind: 'notFound', says: 'it is not there' },
  408: BUSY,
  409: { kind: 'conflict', says: 'it is there already', remedy: 'join with what is there, or choose another value' },
  412: { kind: 'conflict', says: 'it was changed meanwhile' },
  413: { kind: 'invalidValue', says: 'it is too much for one request' },
  421: BUSY,
  425: BUSY,
  429: { kind: 'rateLimited', says: 'it is asked too often', remedy: 'nothing is to be done; `pace` keeps below its limit' },
  501: { kind: 'permission', says: 'it cannot do that', remedy: 'say with `target` or its flags what it can do' },
};

/** Of scimTypes that say more than the status. */
const TYPES: { readonly [scimType: string]: Meaning } = {
  uniqueness: MEANINGS[409]!,
  mutability: { kind: 'permission', says: 'the attribute cannot be changed there', remedy: 'take it out of the export' },
  tooMany: { kind: 'configuration', says: 'that is more than it shows at once', remedy: 'ask for less with `pageSize`' },
  invalidCursor: { kind: 'conflict', says: 'it does not know the cursor' },
  expiredCursor: { kind: 'conflict', says: 'the cursor is too old' },
};

/** Texts of servers are shown, but not at any length, and not over several lines. */
const LONGEST = 300;

/** `what`: what was tried, as the beginning of a sentence. `sent`: values that the text may repeat, and that are nobody's to read. */
export function refusal(what: string, answer: Answer, where: Where = {}, sent: readonly string[] = []): RollcallError {
  const { status } = answer;
  const type = textIn(answer, 'scimType');
  const meant = (type !== undefined && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined) ?? MEANINGS[status] ?? other(status);
  // Of one attribute: the others may go without it.
  const meaning =
    meant.kind === 'permission' && where.attribute !== undefined ? { ...meant, kind: 'invalidValue' as const } : meant;
  // Whoever does not know the token may repeat it.
  const detail = status === 401 ? '' : told(textIn(answer, 'detail'), sent);
  const code = type === undefined || !/^\w{1,40}$/.test(type) ? String(status) : `${status} ${type}`;
  const remedy = meaning.remedy ?? (meaning.kind === 'unavailable' ? LOG : undefined);
  const retryAfterMs = retryAfter(answer);
  return new RollcallError(meaning.kind, `${what}: ${meaning.says} (${code})${detail}`, {
    where,
    ...(remedy === undefined ? {} : { remedy }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function other(status: number): Meaning {
  if (status >= 500) return { kind: 'unavailable', says: 'it fails', remedy: LOG };
  if (status >= 400) return { kind: 'invalidValue', says: 'it is refused', remedy: LOG };
  return { kind: 'unavailable', says: 'its answer is none of SCIM', remedy: 'see that `url` is the base URL of SCIM' };
}

/** The one of these attributes that the text of a refusal is about, by any of its names; undefined where it names none, or several. */
export function namedIn(
  answer: Answer,
  attributes: readonly { readonly attribute: string; readonly names: readonly string[] }[],
): string | undefined {
  const detail = textIn(answer, 'detail') ?? '';
  const words = new Set(detail.match(/[\w$.-]*[\w$]/g));
  const found = attributes.filter(({ names }) => names.some((name) => words.has(name)));
  return found.length === 1 ? found[0]!.attribute : found.find(({ attribute }) => words.has(attribute))?.attribute;
}

function textIn({ body }: Answer, name: string): string | undefined {
  const value = body !== null && Object.hasOwn(body, name) ? body[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function told(detail: string | undefined, sent: readonly string[]): string {
  let line = inOneLine(detail ?? '');
  // The longest first: of a value that begins with another one nothing may be left.
  const hidden = sent.map(inOneLine).sort((a, b) => b.length - a.length);
  for (const value of hidden) if (value.length > 2) line = line.replaceAll(value, '…');
  return line === '' ? '' : `: ${line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line}`;
}

const inOneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();

/** Seconds or a date (RFC 9110 10.2.3). */
function retryAfter({ status, headers, at }: Answer): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined || (status !== 429 && status < 500)) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.max(0, until - at);
}
