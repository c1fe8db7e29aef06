/** Records that a request brings, handed to the loop that works: answered when what follows from them is in the store. */
import { RollcallError } from '#core/errors';
import type { Hook } from '#worker/hooks';
import type { ServiceThread } from '#worker/thread';
import type { Sender } from './sender.ts';

export interface Pushed {
  readonly records: number;
  readonly taken: number;
  /** Said to be no more. */
  readonly gone: number;
  /** Older than what is known. */
  readonly older: number;
  /** By their place in the request, the first is 0: why. */
  readonly refused: readonly { readonly record: number; readonly why: readonly string[] }[];
}

type Answer = { readonly became: 'taken' | 'gone' | 'older' } | { readonly refused: readonly string[] };

export interface PushedRequest {
  readonly connection: string;
  readonly body: unknown;
  readonly sender: Sender;
  /** What the sender calls the request; the same once more changes nothing. */
  readonly id: string | null;
}

/** Errors: invalidValue where nothing of it can be taken; as of the loop that works. What comes once more changes nothing. */
export async function pushed(
  { connection, body, sender: { by, actor }, id }: PushedRequest,
  requests: NonNullable<Hook['requests']>,
  { ask }: Pick<ServiceThread, 'ask'>,
): Promise<Pushed> {
  const all = requests(body).map((request, record) => ({ request, record }));
  const answers: Answer[] = [];
  // Of one object in their order, of several at once: they share a commit.
  const inOrder = async (some: typeof all): Promise<void> => {
    for (const { request, record } of some) {
      const once = id === null ? {} : { once: `hook ${connection} ${record} ${id}` };
      answers[record] = (await ask({ ask: 'receive', receive: { connection, by, actor, request }, ...once })) as Answer;
    }
  };
  const done = await Promise.allSettled([...Map.groupBy(all, ({ request }) => request.anchor).values()].map(inOrder));
  for (const one of done) if (one.status === 'rejected') throw one.reason;
  const count = (became: string): number => answers.filter((one) => 'became' in one && one.became === became).length;
  const refused = answers.flatMap((one, record) => ('refused' in one ? [{ record, why: one.refused }] : []));
  if (refused.length === all.length && refused.length > 0)
    throw new RollcallError('invalidValue', `nothing of it can be taken: ${refused[0]!.why.join('; ')}`);
  return { records: all.length, taken: count('taken'), gone: count('gone'), older: count('older'), refused };
}
