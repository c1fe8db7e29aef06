/** Server-sent events (HTML Living Standard, 9.2): what happens, to whoever looks on. */
import type { ServerResponse } from 'node:http';
import type { ServiceEvent } from '#worker/events';
import { overHttp } from './remedies.ts';

/** Between two signs of life: proxies close what is silent. */
const ALIVE_MS = 15_000;
/** Not taken yet, in bytes: who does not read any more is let go, and may come again. */
const MOST_BEHIND = 1_048_576;
/** At a time; one more is told to wait. */
const MOST_LISTENERS = 1_000;

export interface Broadcast {
  tell(event: ServiceEvent): void;
  /** Calls back with each until what it answers is called. */
  listen(heard: (event: ServiceEvent) => void): () => void;
  /** False where there are too many already. */
  add(response: ServerResponse): boolean;
  close(): void;
}

export function createBroadcast(): Broadcast {
  const listeners = new Set<ServerResponse>();
  const hearers = new Set<(event: ServiceEvent) => void>();
  const write = (text: string): void => {
    for (const one of listeners) {
      if (one.writableLength > MOST_BEHIND) {
        listeners.delete(one);
        one.destroy();
      } else one.write(text);
    }
  };
  const alive = setInterval(() => write(':\n\n'), ALIVE_MS).unref();
  /** How far each phase of the run at hand was when that was last said. */
  const said = new Map<string, string>();
  const isNews = (event: ServiceEvent, data: string): boolean => {
    if (event.what === 'run' && !event.beside) said.clear();
    if (event.what !== 'progress') return true;
    const { phase, connection } = event.progress;
    const key = `${phase} ${connection}`;
    if (said.get(key) === data) return false;
    said.set(key, data);
    return true;
  };
  return {
    tell(event) {
      for (const heard of hearers) heard(event);
      if (listeners.size === 0) return;
      const data = JSON.stringify(event, (name, value) =>
        name === 'remedy' && typeof value === 'string' ? overHttp(value) : value,
      );
      if (isNews(event, data)) write(`event: ${event.what}\ndata: ${data}\n\n`);
    },
    listen(heard) {
      hearers.add(heard);
      return () => void hearers.delete(heard);
    },
    add(response) {
      if (listeners.size >= MOST_LISTENERS) return false;
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
      response.write(':\n\n');
      // Whoever comes now has heard nothing of it.
      said.clear();
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
      return true;
    },
    close() {
      clearInterval(alive);
      for (const one of listeners) one.end();
      listeners.clear();
    },
  };
}
