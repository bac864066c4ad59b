/** A schema object of OpenAPI 3.0. */
export type Schema = Readonly<Record<string, unknown>>;
