import { expect, test } from 'vitest';
import { eventsIn, type Sent } from './sse.ts';

async function read(...parts: readonly string[]): Promise<Sent[]> {
  const bytes = parts.map((part) => Buffer.from(part, 'latin1'));
  const body = new ReadableStream<Uint8Array>({
    start(to) {
      for (const one of bytes) to.enqueue(one);
      to.close();
    },
  });
  const out: Sent[] = [];
  for await (const one of eventsIn(body)) out.push(one);
  return out;
}
const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

test('events are read whatever the bytes come in, and whatever ends a line', async () => {
  const text = utf8(':\n\nevent: run\ndata: {"by":"Zoë"}\n\nid: 7\r\ndata:a\r\ndata: b\r\rdata\n\nevent: none\n\ndata: last');
  const wanted = [
    { event: 'run', data: '{"by":"Zoë"}' },
    { event: 'message', data: 'a\nb' },
    { event: 'message', data: '' },
  ];
  expect(await read(text)).toEqual(wanted);
  expect(await read(...text)).toEqual(wanted);
});
