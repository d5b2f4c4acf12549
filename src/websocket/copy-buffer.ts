/** A copy that keeps nothing else in memory: no page of Node's pool, and no batch or read that the bytes were cut from. */
export const copyBuffer = (bytes: Buffer): Buffer => {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
};
