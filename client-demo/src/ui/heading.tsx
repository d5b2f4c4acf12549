import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { clearNotices } from '../state/notices.js';

/**
 * A screen's title. It takes the focus on mount, so that the keyboard and screen readers start there. The notices of
 * the previous screen are removed.
 */
export const ScreenTitle = ({ children, page }: { children: ComponentChildren; page: string }) => {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = page === 'Parley' ? page : `${page} · Parley`;
  }, [page]);
  useEffect(() => {
    ref.current?.focus({ preventScroll: true });
    return clearNotices;
  }, []);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
};
