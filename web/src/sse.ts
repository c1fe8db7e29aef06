/** Reads server-sent events (HTML Living Standard, 9.2.6): lines, until an empty one ends an event. */

export interface Sent {
  readonly event: string;
  readonly data: string;
}

export async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<Sent> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  let event = '';
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      // What may be the half of a line end waits for the next bytes.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop()!;
      for (const line of lines) {
        const [, name, text = ''] = /^([^:]*):? ?(.*)$/s.exec(line)!;
        if (line === '') {
          if (data.length > 0) yield { event: event === '' ? 'message' : event, data: data.join('\n') };
          [event, data] = ['', []];
        } else if (name === 'event') event = text;
        else if (name === 'data') data.push(text);
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
