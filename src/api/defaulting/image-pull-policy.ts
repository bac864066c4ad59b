const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** `Always` for the tag `latest`, which is also that of an image without tag and digest; else `IfNotPresent`. */
export function defaultImagePullPolicy(image: string): 'Always' | 'IfNotPresent' {
  return isLatest(image) ? 'Always' : 'IfNotPresent';
}

/** False too for what is no reference of an image. */
function isLatest(image: string): boolean {
  if (image.includes('@')) return /:latest@/.test(image);
  const slash = image.lastIndexOf('/');
  const last = image.slice(slash + 1);
  const colon = last.indexOf(':');
  const name = colon < 0 ? last : last.slice(0, colon);
  const tag = colon < 0 ? 'latest' : last.slice(colon + 1);
  return tag === 'latest' && PATH.test(name);
}
