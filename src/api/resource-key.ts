/**
 * The key by which defaulting, validation, selectable fields and printers find a resource's rules:
 * `pods` for the core group, `apps/deployments` for others. The version is not in it: one is
 * served of each.
 */
export function resourceKeyOf(resource: {
  readonly group: string;
  readonly resource: string;
}): string {
  return resource.group === '' ? resource.resource : `${resource.group}/${resource.resource}`;
}
