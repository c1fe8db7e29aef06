/** Whether a server answers LDAP: the root entry is asked for without a name (RFC 4511 section 4.5, RFC 4512 section 5.1). */
import { connect } from 'node:net';

const element = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
};
const octets = (text: string, tag = 0x04): Buffer => element(tag, Buffer.from(text));
const ZERO = Buffer.from([0]);

/** Message 1: search, base object "", no limits, (objectClass=*), attribute 1.1. */
const QUESTION = element(
  0x30,
  element(0x02, Buffer.from([1])),
  element(
    0x63,
    octets(''),
    element(0x0a, ZERO),
    element(0x0a, ZERO),
    element(0x02, ZERO),
    element(0x02, ZERO),
    element(0x01, ZERO),
    octets('objectClass', 0x87),
    element(0x30, octets('1.1')),
  ),
);

export function answersLdap(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.write(QUESTION));
    const done = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('data', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}
