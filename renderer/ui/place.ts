// Where a floating box goes: below its target, above when there is no room, always inside the window.

interface Box { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
interface Size { readonly width: number; readonly height: number }
const GAP = 6;

/** Left and top (CSS pixels) of a box of `size` beside `target` in a window of size `room`. */
export function placeBeside(target: Box, size: Size, room: Size): { readonly left: number; readonly top: number } {
  const below = target.top + target.height + GAP;
  const above = target.top - size.height - GAP;
  const top = below + size.height <= room.height || above < 0 ? below : above;
  const centred = target.left + target.width / 2 - size.width / 2;
  return { left: Math.round(clamp(centred, GAP, room.width - size.width - GAP)), top: Math.round(clamp(top, GAP, room.height - size.height - GAP)) };
}

/** `value` held between `least` and `most`; `least` wins when they cross. */
export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
