/** What is done about accounts and tokens leaves an event in the transaction that does it. */
import type { AuditAction } from '#core/audit-actions';
import type { AuditActor, AuditEvent, Store } from '#store/contract';
import { auditEvent } from './event.ts';

type Access = Store['access'];

/** `actor`: who does it, and by what way they came. No secret and no hash of one is in an event. */
export function auditedAccess(access: Access, actor: AuditActor, wall: () => number): Access {
  const event = (action: AuditAction, after: object, objectId: number | null = null): readonly AuditEvent[] => [
    auditEvent({ at: wall(), action, actor, after, ...(objectId === null ? {} : { subject: { objectId } }) }),
  ];
  return {
    ...access,
    addAccount(account) {
      const { id, name, roles, issuer, subject, objectId } = account;
      return access.addAccount(account, event('account.create', { id, name, roles, issuer, subject }, objectId));
    },
    changeAccount(id, change, how) {
      const { roles, objectId, disabledAt } = change;
      const does = disabledAt === undefined ? 'change' : disabledAt === null ? 'enable' : 'disable';
      const after = { id, ...(roles === undefined ? {} : { roles }), ...(objectId === undefined ? {} : { person: objectId }) };
      return access.changeAccount(id, change, how, event(`account.${does}`, after, objectId));
    },
    addLink: (link) => access.addLink(link, event('account.link', { id: link.account, purpose: link.purpose })),
    redeemLink(how) {
      const after = how.first === null ? {} : { id: how.first.id, name: how.first.name };
      return access.redeemLink(how, event(how.first === null ? 'account.password' : 'account.setUp', after));
    },
    addSession: (session) => access.addSession(session, event('access.signIn', { id: session.account })),
    addToken(token) {
      const { id, name, kind, connection, roles, expiresAt } = token;
      return access.addToken(token, event('token.create', { id, name, kind, connection, roles, expiresAt }));
    },
    rotateToken: (how) => access.rotateToken(how, event('token.rotate', { id: how.id, expiresAt: how.expiresAt })),
    revokeToken: (id, at) => access.revokeToken(id, at, event('token.revoke', { id })),
  };
}
