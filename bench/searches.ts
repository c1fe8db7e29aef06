/** What people type when they look for somebody: parts of words, several, in many scripts, mails and numbers, and what nobody has. */
import { employeeId } from './data.ts';

export interface Search {
  readonly text: string;
  /** It is the mail or the number of somebody who is there. */
  readonly finds: boolean;
}

/** The `i`th, one sort after the other; `index`: the person whom it is about, where it is about one. */
export function searchText(i: number, index: number): Search {
  const id = employeeId(index);
  const mail = `${id.toLowerCase()}@example.org`;
  const texts = [
    ...['mul', 'Müller', 'a', 'anna mü', 'Łuk', 'ольга', 'zoe garcia', 'example', 'person', mail.slice(0, 7), mail],
    ...[id, id.slice(0, 6), `grace ${id}`, `example ${id}`],
    ...['nobodyatall', 'gra ow exa', 'e', 'org grace'],
  ];
  const text = texts[i % texts.length]!;
  return { text, finds: text === mail || text === id };
}
