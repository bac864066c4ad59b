/** A replica ends its life on purpose: the next one drops what this one had, and is filled by the others. */
export class BeginsAnew extends Error {
  override readonly name = 'BeginsAnew';

  constructor(id: string, reason: string) {
    super(`${id} begins anew: ${reason}`);
  }
}
