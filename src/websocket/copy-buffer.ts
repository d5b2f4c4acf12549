/** Copies bytes into memory of their own, so that they keep neither Node's buffer pool nor a larger buffer alive. */
export const copyBuffer = (bytes: Buffer): Buffer => {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
};
