/** `GET /openapi/v3`: `{paths: {'apis/apps/v1': {serverRelativeURL: '/openapi/v3/apis/apps/v1?hash=…'}}}`. */
export function openApiIndex(): OpenApiIndex {
  return { paths: {} };
}

export interface OpenApiIndex {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
}

/**
 * `GET /openapi/v3/apis/apps/v1`, by `apis/apps/v1` (or `api/v1`): the document as UTF-8 JSON, built at the first
 * call and kept. Undefined where that group version is not served. `hash` is what the index says of it.
 */
export function openApiDocument(
  groupVersionPath: string,
): { readonly bytes: Uint8Array; readonly hash: string } | undefined {
  return groupVersionPath === '' ? { bytes: new Uint8Array(), hash: '' } : undefined;
}
