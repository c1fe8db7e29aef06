/** A message by mail, handed to the server that the configuration names. */
import type { MailConfig } from '#config/notify';
import { type ErrorKind, RollcallError } from '#core/errors';
import type { Message } from './message.ts';

/** Errors: unavailable, authentication, configuration, invalidValue. */
export async function sendMail(config: MailConfig, message: Message, timeoutMs: number): Promise<void> {
  const { host, port, tls, login, from, to, ca, allowPlain } = config;
  // Every command would load it at its start, and few ever send a mail.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host,
    port,
    secure: tls,
    requireTLS: !tls && !allowPlain,
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    tls: { minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // What is sent is the text alone.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: message.subject,
      text: message.text,
      messageId: `<${message.id}@${from.slice(from.indexOf('@') + 1)}>`,
      date: new Date(message.at),
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  } catch (error) {
    throw refused(error as Error & { readonly code?: string; readonly responseCode?: number });
  } finally {
    transport.close();
  }
}

const KINDS: { readonly [code: string]: ErrorKind } = {
  EAUTH: 'authentication',
  ETLS: 'configuration',
  EENVELOPE: 'invalidValue',
};

/** Its answer is not repeated: it may name somebody. */
function refused({
  code = '',
  responseCode,
  cause,
  message,
}: Error & { readonly code?: string; readonly responseCode?: number }): RollcallError {
  const kind = KINDS[code] ?? (isCertificate(code) || isCertificate(message) ? 'configuration' : 'unavailable');
  const said =
    responseCode === undefined
      ? code === ''
        ? 'it cannot be reached'
        : `it cannot be reached (${code})`
      : `it answered ${responseCode}`;
  const remedies: { readonly [kind in ErrorKind]?: string } = {
    authentication: 'see `user` and `password`',
    configuration: 'see `server`, and `ca` where its certificate is by an authority of your own',
    invalidValue: 'see `from` and `to`',
  };
  return new RollcallError(kind, said, { cause, remedy: remedies[kind] ?? 'see whether it runs' });
}

function isCertificate(text: string): boolean {
  return /CERT|SELF_SIGNED|certificate|UNABLE_TO/.test(text);
}
