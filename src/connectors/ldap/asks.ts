/** What a person is asked who has no rollcall.yaml yet. */
import type { Asked, Offer, OpenContext } from '#connectors/contract';
import { ldapConfig } from './config.ts';
import { Session } from './session.ts';

type Settings = Parameters<NonNullable<Asked['offer']>>[0];

export function asks({ url, startTls, bind }: Settings): readonly [Asked, ...Asked[]] {
  const encrypted = startTls === true || (typeof url === 'string' && /^ldaps:/i.test(url));
  const authority: Asked = {
    key: 'tls.ca',
    question: "Which file has the certificate (PEM) of the authority that signed the server's?",
    optional: true,
  };
  const account: readonly Asked[] = [
    {
      key: 'bind.dn',
      question: 'Which account signs in there? (its DN; in Active Directory also name@domain; or: anonymous)',
      words: { anonymous: { bind: 'anonymous' } },
    },
    { key: 'bind.password', question: 'Its password' },
  ];
  return [
    { key: 'url', question: 'Where is the directory? (ldaps://host)' },
    ...(encrypted ? [authority] : []),
    ...(typeof bind === 'string' ? [] : account),
    { key: 'base', question: 'Below which name are the people?', offer: contexts },
  ];
}

/** What the server itself has entries below. */
async function contexts(settings: Settings, context: OpenContext): Promise<Offer> {
  const config = ldapConfig.parse({ ...settings, base: '' });
  const session = new Session(config, context.folder, context.limits.maxObjectBytes);
  try {
    const { directory } = await session.live();
    const all = directory.namingContexts.filter((one) => one !== '');
    // A log of changes, a configuration: people are below none of them.
    const people = all.filter((one) => !/^cn=/i.test(one));
    const sure = directory.rootDse['defaultNamingContext'] !== undefined || people.length === 1;
    return { likely: sure ? (people[0] ?? null) : null, all: people.length > 0 ? people : all };
  } finally {
    await session.close();
  }
}
