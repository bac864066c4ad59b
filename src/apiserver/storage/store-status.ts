import {
  internalError,
  requestEntityTooLarge,
  serviceUnavailable,
  timeout,
} from '../../api/index.js';
import type { Status } from '../../api/index.js';
import type { StoreError } from '../../protocol/index.js';

/**
 * What a client is told when the store fails. 503: it certainly did not happen. 504: it may have happened.
 * Neither carries Retry-After, which is for requests that never got here.
 */
export function storeStatus(error: StoreError): Status {
  switch (error.code) {
    case 'not-leader':
    case 'no-leader':
    case 'proposal-dropped':
    case 'stopping':
      return serviceUnavailable(`etcdserver: no leader`);
    case 'timeout':
      return timeout(
        'request did not complete within requested timeout - etcdserver: request timed out',
      );
    case 'outcome-unknown':
      return timeout(
        'request did not complete within requested timeout - etcdserver: leader changed',
      );
    case 'request-too-large':
      return requestEntityTooLarge('etcdserver: request is too large');
    default:
      return internalError(error.message);
  }
}
