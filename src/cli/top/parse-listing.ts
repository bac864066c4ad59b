import type { Listing } from './sample.js';

/** So many objects are shown at most. */
export const LISTING_ROWS_MAX = 500;

/** meta.k8s.io/v1 Table, as far as it is read here. */
interface Table {
  readonly metadata?: { readonly remainingItemCount?: number };
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly {
    readonly cells: readonly unknown[];
    readonly object?: { readonly metadata?: { readonly namespace?: string } };
  }[];
}

/** What the API server printed. Objects of namespaces begin with theirs, as by `kubectl get -A`. */
export function parseListing(status: number, body: unknown): Listing {
  if (status !== 200 || !isTable(body))
    return { ok: false, problem: `the API server answered ${status}: ${messageOf(body)}` };
  const columns = body.columnDefinitions.map(({ name, priority }) => ({
    title: name,
    wide: priority > 0,
  }));
  const isNamespaced = body.rows.some(({ object }) => object?.metadata?.namespace !== undefined);
  const rows = body.rows.map(({ cells, object }) => {
    const texts = cells.map((cell) =>
      typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '',
    );
    return isNamespaced ? [object?.metadata?.namespace ?? '', ...texts] : texts;
  });
  return {
    ok: true,
    columns: isNamespaced ? [{ title: 'Namespace', wide: false }, ...columns] : columns,
    rows,
    more: body.metadata?.remainingItemCount ?? 0,
  };
}

function isTable(body: unknown): body is Table {
  return typeof body === 'object' && body !== null && (body as { kind?: unknown }).kind === 'Table';
}

function messageOf(body: unknown): string {
  const message =
    typeof body === 'object' && body !== null ? (body as { message?: unknown }).message : body;
  return typeof message === 'string' ? message : 'no table';
}
