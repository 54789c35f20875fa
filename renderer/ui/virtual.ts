// Which rows of a long list are on screen. Browsers cap an element's height, so lists beyond it scroll compressed:
// the scrolled share of the scrollbar is the scrolled share of the list.

/** No scrolled element is made taller than this many CSS pixels. */
export const HEIGHT_MAX = 8_000_000;

export interface Strip {
  /** Height of the scrolled content in CSS pixels. */
  readonly height: number;
  /** Rows to draw: [first, end). */
  readonly first: number;
  readonly end: number;
  /** Offset of row `first` from the top of the content. */
  readonly offset: number;
}
interface View { readonly count: number; readonly rowHeight: number; readonly viewHeight: number; readonly scrollTop: number }
const SPARE_ROWS = 6;

/** The rows a view shows, with a few spare on both sides. */
export function stripOf({ count, rowHeight, viewHeight, scrollTop }: View): Strip {
  const full = count * rowHeight;
  const height = Math.min(full, HEIGHT_MAX);
  const top = realTop({ count, rowHeight, viewHeight, scrollTop });
  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE_ROWS);
  const end = Math.min(count, Math.ceil((top + viewHeight) / rowHeight) + SPARE_ROWS);
  return { height, first, end, offset: scrollTop - top + first * rowHeight };
}

/** Scroll position that shows row `index` wholly, moving as little as possible; the present one when it is shown already. */
export function scrollToShow(index: number, view: View): number {
  const top = realTop(view);
  const rowTop = index * view.rowHeight;
  const wanted = rowTop < top ? rowTop : rowTop + view.rowHeight > top + view.viewHeight ? rowTop + view.rowHeight - view.viewHeight : null;
  return wanted === null ? view.scrollTop : wanted * ratio(view);
}

/** Scroll position with row `index` in the middle. */
export function scrollToMiddle(index: number, view: View): number {
  const most = Math.max(0, view.count * view.rowHeight - view.viewHeight);
  return Math.max(0, Math.min(most, (index + 0.5) * view.rowHeight - view.viewHeight / 2)) * ratio(view);
}

function ratio({ count, rowHeight, viewHeight }: View): number {
  const full = count * rowHeight;
  return full <= HEIGHT_MAX ? 1 : (HEIGHT_MAX - viewHeight) / (full - viewHeight);
}
function realTop(view: View): number {
  return view.scrollTop / ratio(view);
}
