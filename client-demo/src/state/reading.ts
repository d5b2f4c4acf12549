import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { codeOf } from '../api/problem.js';
import { withToken } from './session.js';

/** Reads a value over REST on mount, and again on `again()`. `code` is the code of the last error. */
export const useReading = <Value>(read: (token: string) => Promise<Value>) => {
  const [value, setValue] = useState<Value>();
  const [code, setCode] = useState<string>();
  const here = useRef(true);
  const reader = useRef(read);
  reader.current = read;
  const again = useCallback(async () => {
    setCode(undefined);
    try {
      const answer = await withToken((token) => reader.current(token));
      if (here.current) setValue(answer);
    } catch (error) {
      if (here.current) setCode(codeOf(error));
    }
  }, []);
  useEffect(() => {
    here.current = true;
    void again();
    return () => {
      here.current = false;
    };
  }, [again]);
  return { value, code, again };
};
