import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A screen's title. Takes the focus when the screen appears, so that the keyboard and screen readers start there. */
export const ScreenTitle = ({ children, page }: { children: ComponentChildren; page: string }) => {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = page === 'Parley' ? page : `${page} · Parley`;
  }, [page]);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
};
