/** What is handed over as text: a change may hold bytes, and numbers that JSON has no word for. */
import type { ObjectId } from '#store/contract';
import type { PushRequest } from './push-run.ts';

export type HandedRequest = { readonly push: PushRequest } | { readonly edited: readonly ObjectId[]; readonly by: string };

export function requestText(request: HandedRequest): string {
  return JSON.stringify(request, function (this: { [key: string]: unknown }, key: string, json: unknown) {
    // Buffers have a toJSON of their own, which ran before.
    const value = this[key];
    if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
    return typeof value === 'number' && !Number.isFinite(value) ? { $number: String(value) } : json;
  });
}

export function parseRequest(text: string): HandedRequest {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$bytes' in value) return new Uint8Array(Buffer.from(value.$bytes as string, 'base64'));
    return '$number' in value ? Number(value.$number) : value;
  }) as HandedRequest;
}
