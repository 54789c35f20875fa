// Colours of the canvas, read from the tokens so that one file holds every colour of the window.

const NAMES = [
  'bg', 'surface', 'surface-2', 'surface-3', 'line', 'line-strong', 'text', 'text-2', 'text-3', 'accent', 'fault', 'msr', 'cr', 'hit', 'good', 'warn',
  'ring0', 'ring1', 'ring2', 'ring3', 'via-software', 'via-exception', 'via-hardware', 'via-fast', 'via-far', 'via-return',
] as const;
export type ColourName = (typeof NAMES)[number];
export type Palette = Readonly<Record<ColourName, string>> & { readonly font: string; readonly rem: number };

/** Reads the tokens as they hold for an element now. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || '#888888'])) as Record<ColourName, string>;
  return { ...colours, font: style.fontFamily, rem: parseFloat(getComputedStyle(document.documentElement).fontSize) };
}

/** Colour of a ring; a ring nobody knows is grey. */
export function ringColour(palette: Palette, ring: number): string {
  return [palette.ring0, palette.ring1, palette.ring2, palette.ring3][ring] ?? palette['text-3'];
}
