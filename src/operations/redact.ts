/** Every surface passes its text through this before anybody sees it: known secrets come out as ••••. */
export { redact } from '#config/secrets/redact';
