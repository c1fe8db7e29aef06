/** What a person is asked who has no rollcall.yaml yet; what the database has to offer for it is in tables.ts. */
import type { Asked, Offer, OpenContext } from '#connectors/contract';
import { isEncrypted, placeFor } from './address.ts';
import { type KindConfig, sqlConfig } from './config.ts';
import type { Session } from './driver.ts';
import { driverOf } from './drivers.ts';
import { type SqlSystem, sqlSystem } from './system.ts';
import { columnsOf, keyOf, tablesOf } from './tables.ts';

type Settings = Parameters<NonNullable<Asked['offer']>>[0];

const PLACE =
  'Where is the database? (postgres://host/database, mariadb://host/database, sqlserver://host/database, sqlite:file)';

export function asks({ url, tls, kinds }: Settings): readonly [Asked, ...Asked[]] {
  const place = typeof url === 'string' ? placeFor(url) : null;
  const isServer = place !== null && place.system !== 'sqlite';
  const isSafe = isServer && typeof tls !== 'boolean' && isEncrypted(undefined, place.host);
  const authority: Asked = {
    key: 'tls.ca',
    question: "Which file has the certificate (PEM) of the authority that signed the server's?",
    optional: true,
  };
  const account: readonly Asked[] = [
    { key: 'user', question: 'Which user signs in there?', optional: true },
    { key: 'password', question: 'Its password', optional: true },
  ];
  const queried = (kinds as { readonly person?: { readonly query?: unknown } } | undefined)?.person?.query !== undefined;
  return [
    { key: 'url', question: PLACE },
    ...(isSafe ? [authority] : []),
    ...(isServer ? account : []),
    ...(queried ? [] : [{ key: 'kinds.person.table', question: 'Which table or view has the people?', offer: tables } as const]),
    { key: 'kinds.person.key', question: 'Which of its columns identifies a row and never changes?', offer: keys },
  ];
}

const tables = (settings: Settings, context: OpenContext): Promise<Offer> =>
  within({ ...settings, kinds: { person: { table: 'any', key: 'any' } } }, context, async (session, { driver, config }) => {
    const all = await tablesOf(session, driver, config);
    const meant = all.length === 1 ? all : all.filter((name) => PEOPLE.test(name));
    return { likely: meant.length === 1 ? meant[0]! : null, all };
  });

const keys = (settings: Settings, context: OpenContext): Promise<Offer> => {
  const { person } = settings['kinds'] as { readonly person: Partial<KindConfig> };
  return within({ ...settings, kinds: { person: { ...person, key: 'any' } } }, context, async (session, { driver, config }) => {
    const kind = config.kinds['person']!;
    const [all, key] = [await columnsOf(session, driver, kind), await keyOf(session, driver, config)];
    return { likely: key.length === 1 ? key[0]! : null, all };
  });
};

/** What a table of people is called. */
const PEOPLE =
  /people|person|employee|staff|worker|user|mitarbeiter|benutzer|salari|emplead|usuario|dipendent|utent|medewerker|anst[äa]lld/i;

async function within<T>(
  settings: Settings,
  context: OpenContext,
  work: (session: Session, system: SqlSystem) => Promise<T>,
): Promise<T> {
  const config = sqlConfig.parse(settings);
  const system = sqlSystem(config, context, driverOf(config, context));
  try {
    return await system.apart((session) => work(session, system));
  } finally {
    await system.close();
  }
}
