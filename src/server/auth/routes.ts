/** Signing in and out: pages, what they send, and the way to an identity provider and back. Transport only. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { accountFrom, type SignedInHere } from '#access/accounts';
import type { Oidc, Pending } from '#access/oidc';
import type { Seal } from '#access/seal';
import type { SignedIn } from '#access/sessions';
import type { SignIn } from '#access/sign-in';
import { RollcallError } from '#core/errors';
import type { Store } from '#store/contract';
import { jsonSchema, refuseUnknown } from '../http/shapes.ts';
import { checkOurs, type IdentifyOptions, sessionOf, whoIs } from './identify.ts';
import { POLICY, pages, SCRIPT, STYLE } from './pages.ts';
import { LINKED, NAMED, SET_UP, type SessionOutput, type SignedOut } from './shapes.ts';

export interface SignInRoutes extends Pick<IdentifyOptions, 'sessions' | 'cookies' | 'origin' | 'personOf'> {
  readonly access: Store['access'];
  readonly wall: () => number;
  /** Who comes from the provider with this value. */
  readonly whose: SignedInHere['whose'];
  readonly signIn: SignIn;
  /** Null: nobody signs in elsewhere. */
  readonly oidc: Oidc | null;
  readonly seal: Seal;
}

/** A sign-in at the provider takes no longer. */
const PENDING_SECONDS = 600;

export function offerSignIn(app: FastifyInstance, options: SignInRoutes): void {
  const { signIn, sessions, cookies } = options;
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    begun: ReturnType<SignIn['signIn']>,
  ): Promise<SessionOutput> => {
    const { id, ...signedIn } = await begun;
    // An id that somebody else may know is not gone on with.
    await endOf(request);
    void reply.header('set-cookie', cookies.write('session', id));
    return await shown(signedIn);
  };
  const shown = async (signedIn: SignedIn): Promise<SessionOutput> => {
    const { roles, person } = await whoIs(signedIn, options);
    return { name: signedIn.account.name, roles, person, csrf: signedIn.csrf };
  };
  const endOf = async ({ headers }: FastifyRequest): Promise<void> => {
    const id = cookies.read(headers.cookie, 'session');
    if (id !== undefined) await sessions.end(id);
  };

  for (const { path, html } of pages({ oidc: options.oidc !== null })) serve(app, path, 'text/html; charset=utf-8', html);
  serve(app, '/sign-in.js', 'text/javascript; charset=utf-8', SCRIPT);
  serve(app, '/sign-in.css', 'text/css; charset=utf-8', STYLE);

  app.post('/sign-in', async (request, reply) => {
    checkOurs(request, options, null);
    return await answer(request, reply, signIn.signIn({ ...bodyOf(NAMED, request), address: request.ip }));
  });
  app.post('/setup', async (request, reply) => {
    checkOurs(request, options, null);
    return await answer(request, reply, signIn.setUp({ ...bodyOf(SET_UP, request), address: request.ip }));
  });
  app.post('/password', async (request, reply) => {
    checkOurs(request, options, null);
    await signIn.choosePassword({ ...bodyOf(LINKED, request), address: request.ip });
    return reply.code(204).send();
  });
  app.get('/session', async (request) => {
    const signedIn = await sessionOf(request, options);
    if (signedIn === null) throw new RollcallError('authentication', 'nobody is signed in', { remedy: 'sign in at /sign-in' });
    return await shown(signedIn);
  });
  app.post('/sign-out', async (request, reply): Promise<SignedOut> => {
    const signedIn = await sessionOf(request, options);
    checkOurs(request, options, signedIn);
    await endOf(request);
    void reply.header('set-cookie', cookies.write('session', ''));
    const isThere = signedIn !== null && signedIn.account.subject !== null;
    // That the provider is away is no reason to stay signed in here.
    return { next: isThere ? ((await options.oidc?.signOut().catch(() => null)) ?? null) : null };
  });
  if (options.oidc !== null) offerOidc(app, options.oidc, options);
}

function offerOidc(app: FastifyInstance, oidc: Oidc, { access, wall, seal, sessions, cookies, whose }: SignInRoutes): void {
  app.get('/oidc/sign-in', async (_, reply) => {
    const { url, pending } = await oidc.begin();
    const kept = seal.close(pending, wall() + PENDING_SECONDS * 1_000);
    void reply.header('set-cookie', cookies.write('oidc', kept, PENDING_SECONDS));
    return reply.redirect(url, 303);
  });
  app.get('/oidc/callback', async (request, reply) => {
    const pending = seal.open(cookies.read(request.headers.cookie, 'oidc') ?? '', wall()) as Pending | null;
    void reply.header('set-cookie', cookies.write('oidc', ''));
    if (pending === null)
      throw new RollcallError('authentication', 'this browser did not begin to sign in, or took too long', {
        remedy: 'begin again at /sign-in',
      });
    const there = await oidc.finish(request.url.split('?')[1] ?? '', pending);
    const address = request.ip;
    const { id } = await sessions.begin(await accountFrom(there, { access, wall, address, whose }), address);
    sessions.forget();
    return reply.header('set-cookie', cookies.write('session', id)).redirect('/sign-in', 303);
  });
}

function serve(app: FastifyInstance, path: string, type: string, content: string): void {
  app.get(path, async (_, reply) => reply.type(type).header('content-security-policy', POLICY).send(content));
}

/** Errors: invalidValue, which says the field and never what was in it. */
function bodyOf<Body>(shape: z.ZodType<Body>, { body }: FastifyRequest): Body {
  refuseUnknown(body, jsonSchema(shape, 'input'));
  const checked = shape.safeParse(body);
  if (checked.success) return checked.data;
  throw new RollcallError('invalidValue', `${checked.error.issues[0]?.path.join('.') || 'the body'} is missing or too long`);
}
