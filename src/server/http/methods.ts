/** Which methods each address has; who asks by another one is told them (RFC 9110, 15.5.6). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from './problems.ts';

/** Address as it is declared → methods. */
export type Methods = ReadonlyMap<string, ReadonlySet<string>>;

const ALL = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export const isKnown = (method: string): boolean => (ALL as readonly string[]).includes(method);

/** RFC 9110, 15.6.2: there is no address that has it. */
export function unknownMethod({ method }: FastifyRequest): Refusal {
  return new Refusal(501, 'invalidValue', `${method} is done nowhere here`, { remedy: `ask by one of ${ALL.join(', ')}` });
}

/** Those of routes that are added from now on. */
export function noteMethods(app: FastifyInstance): Methods {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    methods.set(url, known);
    for (const one of [method].flat()) known.add(one);
  });
  return methods;
}

const OFFERED = new WeakMap<FastifyInstance, Methods>();

/** Those of all routes that `refuseOthers` knew of. */
export function methodsOf(app: FastifyInstance): Methods {
  return OFFERED.get(app) ?? new Map();
}

/** Once all of them are there. */
export function refuseOthers(app: FastifyInstance, methods: Methods): void {
  // What is added here is none of them.
  const offered = new Map([...methods].map(([url, known]) => [url, new Set(known)]));
  OFFERED.set(app, offered);
  for (const [url, known] of offered) {
    const allowed = ALL.filter((one) => known.has(one) || (one === 'HEAD' && known.has('GET')));
    app.route({
      method: ALL.filter((one) => !allowed.includes(one)),
      url,
      // Whatever comes with it is not read.
      onRequest: async (request, reply) => {
        void reply.header('allow', allowed.join(', '));
        throw new Refusal(405, 'invalidValue', `${request.method} is not done here`, {
          remedy: `ask by ${allowed.join(' or ')}`,
        });
      },
      handler: async () => undefined,
    });
  }
}
