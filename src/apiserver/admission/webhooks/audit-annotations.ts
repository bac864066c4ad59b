/** Of one answer: so many are kept, with so many characters. */
const ANNOTATIONS_MAX = 32;
const VALUE_CHARACTERS_MAX = 1_024;
/** The name of an annotation, behind that of the webhook. */
const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;

/**
 * What a webhook wants noted about a request, by `WEBHOOK/NAME`. There is no audit log here: it stands in the API server's. Names
 * that Kubernetes refuses are left out, and what is too much, too.
 */
export function auditAnnotations(
  webhook: string,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  const kept = Object.entries(given)
    .filter(([name]) => NAME.test(name))
    .slice(0, ANNOTATIONS_MAX)
    .map(([name, value]) => [`${webhook}/${name}`, value.slice(0, VALUE_CHARACTERS_MAX)] as const);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
