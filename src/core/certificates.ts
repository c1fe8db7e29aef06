/** A server's certificate that is not trusted, in words of our own: what Node.js adds is advice about starting Node.js. */

const UNSIGNED =
  /self.signed certificate|unable to (?:get (?:local )?issuer certificate|verify the first certificate)|certificate signature failure/i;

/** `ca`: the file of the authority that is trusted, where one is named. Null for what is about something else than who signed it. */
export function unsigned(error: unknown, ca: string | undefined): { readonly message: string; readonly remedy: string } | null {
  if (!UNSIGNED.test(String((error as { message?: unknown } | null)?.message))) return null;
  if (ca === undefined)
    return {
      message: 'its certificate is signed by nobody whom this machine trusts',
      remedy: 'name the file with the certificate (PEM) of its authority: tls: { ca: … }',
    };
  return {
    message: `its certificate is not signed by the authority in ${ca}`,
    remedy: 'put the certificate (PEM) of the authority that signed it there, or name the file that has it: tls: { ca: … }',
  };
}
