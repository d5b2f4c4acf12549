import { describe, expect, it } from '@jest/globals';
import { forgetCall, lastCall, rememberCall } from './last-call.js';

const storage = (): Storage => {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  } as unknown as Storage;
};

describe('the last call', () => {
  it('is remembered across a reload, with the devices that were on', () => {
    const kept = storage();
    rememberCall('room', { mic: true, camera: true }, kept);
    rememberCall('room', { mic: false, camera: true }, kept);
    expect(lastCall('room', kept)).toEqual({ mic: false, camera: true });
  });

  it('is unknown in another room and after it was left', () => {
    const kept = storage();
    rememberCall('room', { mic: true, camera: true }, kept);
    expect(lastCall('other', kept)).toBeUndefined();
    forgetCall(kept);
    expect(lastCall('room', kept)).toBeUndefined();
  });

  it.each(['', '{', '[]', '1', '{"room":1}'])('is unknown when storage holds %p', (text) => {
    const kept = storage();
    kept.setItem('parley.call', text);
    expect(lastCall('room', kept)).toBeUndefined();
  });

  it('is unknown where storage is denied', () => {
    const refuse = () => {
      throw new DOMException('', 'SecurityError');
    };
    const kept = { getItem: refuse, setItem: refuse, removeItem: refuse } as unknown as Storage;
    rememberCall('room', { mic: true, camera: true }, kept);
    forgetCall(kept);
    expect(lastCall('room', kept)).toBeUndefined();
  });
});
