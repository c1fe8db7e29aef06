/** Pages as the reader gives them; each that is asked for is a step of a trace, where there is one. */
import type { Page, Reader } from '#connectors/contract';
import { isTraced, tracedPages } from '#core/tracing';
import type { EngineConnection } from '../context.ts';

export function readTraced(
  { name }: EngineConnection,
  reader: Reader,
  request: Parameters<Reader['read']>[0],
): AsyncIterable<Page> {
  const pages = reader.read(request);
  return isTraced()
    ? tracedPages('connector read', { 'rollcall.connection': name }, pages, ({ objects }) => objects.length)
    : pages;
}
