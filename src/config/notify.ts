/** `notify` of the file: who is told when something is amiss. */
import { parseDuration } from '#core/time';
import type { Collector } from './collect.ts';
import { conceal } from './secrets/conceal.ts';
import { resolveReferences, type Sources } from './secrets/references.ts';
import { notify as shape, TROUBLES } from './shape/notify.ts';
import { isSecret } from './shape/walk.ts';

export type TroubleKind = (typeof TROUBLES)[number];

export interface WebhookConfig {
  readonly url: string;
  readonly secret: string | null;
}

export interface MailConfig {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS. */
  readonly tls: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly ca: string | null;
  /** Goes on without TLS where the server has none. */
  readonly allowPlain: boolean;
}

export interface Receiver {
  readonly name: string;
  readonly to: { readonly webhook: WebhookConfig } | { readonly mail: MailConfig };
  readonly events: ReadonlySet<TroubleKind>;
  /** Null: all. */
  readonly connections: ReadonlySet<string> | null;
  readonly queueAgeMs: number;
  readonly againMs: number;
}

interface WrittenMail {
  readonly server: string;
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
  readonly to: string | readonly string[];
  readonly ca?: string;
  readonly allowPlain?: boolean;
}

interface WrittenReceiver {
  readonly webhook?: { readonly url: string; readonly secret?: string };
  readonly mail?: WrittenMail;
  readonly events?: readonly TroubleKind[];
  readonly connections?: readonly string[];
  readonly queueAge?: string;
  readonly again?: string;
}

export type WrittenNotify = Readonly<Record<string, WrittenReceiver>>;

/** Faults are reported; what is answered then is of no use. */
export async function readNotify(
  written: WrittenNotify,
  known: ReadonlySet<string>,
  sources: Sources,
  collect: Collector,
): Promise<readonly Receiver[]> {
  const { data, references } = await resolveReferences(
    written,
    (path) => isSecret(shape, path),
    sources,
    (inner, message, remedy) => collect.fault(['notify', ...inner], 'value', message, remedy),
  );
  return Object.entries(data as WrittenNotify).flatMap(([name, one]) => {
    if (!isWell(name, one, known, collect)) return [];
    const receiver = receiverOf(name, one);
    const by = 'webhook' in receiver.to ? 'webhook' : 'mail';
    const inner = references.flatMap(([key, kind, ...rest]) => (key === name && kind === by ? [rest] : []));
    if ('webhook' in receiver.to) conceal(receiver.to.webhook, written[name]!.webhook, inner);
    else {
      conceal(receiver.to.mail, written[name]!.mail, inner);
      conceal(receiver.to.mail.login, { password: written[name]!.mail!.password }, [['password']]);
    }
    return [receiver];
  });
}

const ADDRESS = /^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\]{1,255}$/;

type Wrong = (inner: readonly (string | number)[], message: string, remedy: string) => void;

/** Whether it can be used. */
function isWell(name: string, one: WrittenReceiver, known: ReadonlySet<string>, collect: Collector): boolean {
  const before = collect.faults.length;
  const wrong: Wrong = (inner, message, remedy) => collect.fault(['notify', name, ...inner], 'value', message, remedy);
  for (const [index, connection] of (one.connections ?? []).entries())
    if (!known.has(connection))
      wrong(['connections', index], 'is no connection of this file', 'name one of them, or leave it out');
  const url = one.webhook === undefined ? null : URL.parse(one.webhook.url);
  if (one.webhook !== undefined && (url === null || !/^https?:$/.test(url.protocol) || url.username + url.password !== ''))
    wrong(['webhook', 'url'], 'must be an http or https address', 'write it as https://alerts.example.org/rollcall');
  if (one.mail !== undefined) checkMail(one.mail, wrong);
  return collect.faults.length === before;
}

function checkMail({ server, user, password, from, to, allowPlain }: WrittenMail, wrong: Wrong): void {
  if (!/^smtps?:\/\/[^\s/@?#]+\/?$/.test(server) || !URL.canParse(server))
    wrong(
      ['mail', 'server'],
      'must be the address of a mail server',
      'write it as smtps://mail.example.org, or smtp://mail.example.org:587',
    );
  if ((user === undefined) !== (password === undefined))
    wrong(['mail', 'user'], 'user and password go together', 'write both, or neither');
  if (user !== undefined && allowPlain === true)
    wrong(['mail', 'allowPlain'], 'a password is never sent without TLS', 'take allowPlain away, or user and password');
  const address = (at: readonly (string | number)[], text: string): void => {
    if (!ADDRESS.test(text)) wrong(['mail', ...at], 'must be a mail address', 'write it as admins@example.org');
  };
  address(['from'], from);
  if (typeof to === 'string') address(['to'], to);
  else for (const [index, one] of to.entries()) address(['to', index], one);
}

function receiverOf(name: string, { webhook, mail, events, connections, queueAge, again }: WrittenReceiver): Receiver {
  return {
    name,
    to: webhook === undefined ? { mail: mailOf(mail!) } : { webhook: { url: webhook.url, secret: webhook.secret ?? null } },
    events: new Set(events ?? TROUBLES),
    connections: connections === undefined ? null : new Set(connections),
    queueAgeMs: parseDuration(queueAge ?? '4h'),
    againMs: Math.max(60_000, parseDuration(again ?? '24h')),
  };
}

function mailOf({ server, user, password, from, to, ca, allowPlain }: WrittenMail): MailConfig {
  const { protocol, hostname, port } = new URL(server);
  const tls = protocol === 'smtps:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (tls ? 465 : 587) : Number(port),
    tls,
    login: user === undefined ? null : { user, password: password! },
    from,
    to: [to].flat(),
    ca: ca ?? null,
    allowPlain: allowPlain ?? false,
  };
}
