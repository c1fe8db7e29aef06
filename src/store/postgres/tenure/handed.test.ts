import { expect, test } from 'vitest';
import { RollcallError } from '#core/errors';
import type { Desk } from './desk.ts';
import { handedRows } from './handed.ts';

test('what is written and could not be told is kept all the same, and told with the next look', async () => {
  const said: string[] = [];
  let away = true;
  const desk: Pick<Desk, 'ask' | 'tell' | 'register'> = {
    async ask(text) {
      said.push(text.split(' ', 1)[0]!);
      return [];
    },
    async tell(news) {
      if (away) throw new RollcallError('unavailable', 'the store is away');
      said.push(news);
    },
    register: async () => undefined,
  };
  const rows = handedRows(desk as Desk);
  const id = await rows.hand('{}');
  await rows.note(id, { taken: '{}' });
  await rows.handed([id]);
  away = false;
  for (let i = 0; i < 2; i++) await rows.handed([id]);
  expect(said).toEqual(['insert', 'update', 'select', 'handed', 'select', 'select']);
});
