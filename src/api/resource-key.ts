/**
 * The key by which defaulting, validation, selectable fields and printers find a resource's rules:
 * `pods` for the core group, `apps/deployments` for others. The version is not in it: of several
 * the one that is stored counts.
 */
export function resourceKeyOf(resource: {
  readonly group: string;
  readonly resource: string;
  readonly storedAs?: { readonly group: string; readonly resource: string };
}): string {
  if (resource.storedAs !== undefined) return resourceKeyOf(resource.storedAs);
  return resource.group === '' ? resource.resource : `${resource.group}/${resource.resource}`;
}
