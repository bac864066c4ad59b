import type { Outcome } from '../outcome.js';
import { ok } from '../../base/index.js';
import { storedForm } from '../custom/versions.js';
import { decodeBody } from './body.js';
import type { DecodedBody } from './body.js';
import type { ResourceRequest } from './resource-request.js';

/** The object of a request's body: read in the version in which it was sent, given in the one that is worked with. */
export function decodeSent({
  body,
  resource,
  sentAs,
  query,
}: ResourceRequest): Outcome<DecodedBody> {
  const decoded = decodeBody(body, sentAs ?? resource, query['fieldValidation']);
  if (!decoded.ok || sentAs === undefined) return decoded;
  return ok({ ...decoded.value, object: storedForm(sentAs, decoded.value.object) });
}
