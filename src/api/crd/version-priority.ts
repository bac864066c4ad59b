const FORM = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/;

/** Orders versions as Kubernetes prefers them: v2, v1, v1beta2, v1beta1, v1alpha1, and then what is no version, by name. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1;
    if (right !== undefined) return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0;
    if (value !== other) return other - value;
  }
  return 0;
}

/** Stability, major and minor, higher first. */
function rank(version: string): readonly number[] | undefined {
  const found = FORM.exec(version);
  if (found === null) return undefined;
  const stability = found[2] === undefined ? 2 : found[2] === 'beta' ? 1 : 0;
  return [stability, Number(found[1]), Number(found[3] ?? 0)];
}
