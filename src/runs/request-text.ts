/** What is handed over as text: a change may hold bytes, and numbers that JSON has no word for. */
import type { ObjectId } from '#store/contract';
import type { Arrival } from './arrival.ts';

export type HandedRequest = { readonly push: Arrival } | { readonly edited: readonly ObjectId[]; readonly by: string };

export function requestText(request: HandedRequest): string {
  return JSON.stringify(request, function (this: { [key: string]: unknown }, key: string, json: unknown) {
    // Buffers have a toJSON of their own, which ran before.
    const value = this[key];
    if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
    return renamed(
      json,
      (name) => name.startsWith('$'),
      (name) => `$${name}`,
    );
  });
}

export function parseRequest(text: string): HandedRequest {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if (Object.hasOwn(value, '$bytes')) return new Uint8Array(Buffer.from((value as { $bytes: string }).$bytes, 'base64'));
    if (Object.hasOwn(value, '$number')) return Number((value as { $number: string }).$number);
    return renamed(
      value,
      (name) => name.startsWith('$$'),
      (name) => name.slice(1),
    );
  }) as HandedRequest;
}

/** An attribute may have the name of one of our words. */
function renamed(value: unknown, which: (name: string) => boolean, to: (name: string) => string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.keys(value).some(which)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [which(name) ? to(name) : name, one]));
}
