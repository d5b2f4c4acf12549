import { ParleyError } from './errors.js';

/** @internal The error of a caller whose signal was aborted. Its `cause` is the signal's reason. */
export const cancelledBy = (signal: AbortSignal): ParleyError =>
  new ParleyError('cancelled', undefined, { cause: signal.reason });

/**
 * @internal Wait for something that others wait for too: an abort ends only this wait.
 * @throws ParleyError `cancelled` by `signal`, also if it was aborted before
 */
export const orCancelled = <Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> => {
  if (signal === undefined) return promise;
  if (signal.aborted) return Promise.reject(cancelledBy(signal));
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelledBy(signal));
    signal.addEventListener('abort', abort);
    promise.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject);
  });
};
