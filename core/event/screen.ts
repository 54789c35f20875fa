// What the guest's screen shows at one point of a run: plain data, drawn by whoever asks. The registers it follows from: core/machine/devices.

export interface TextCursor { readonly column: number; readonly row: number; /** Scan lines of the character cell it covers, both included. */ readonly first: number; readonly last: number }

export type Screen =
  /** `cells`: character and attribute of each cell, row by row. `palette`: 16 colours, red, green, blue, 0 to 255 each. `characterLines`: scan lines of a cell. */
  | {
    readonly kind: 'text'; readonly columns: number; readonly rows: number; readonly cells: Uint8Array; readonly palette: Uint8Array; readonly characterLines: number;
    /** Null when it is off or lies outside. */
    readonly cursor: TextCursor | null;
    /** Attribute bit 7 blinks the character; otherwise it is a bright background. */
    readonly blinks: boolean;
  }
  /** `pixels`: an index into `palette` (256 colours) for each pixel, row by row. */
  | { readonly kind: 'graphics'; readonly width: number; readonly height: number; readonly pixels: Uint8Array; readonly palette: Uint8Array }
  /** Nothing that could be drawn: `reason` says why in one sentence. */
  | { readonly kind: 'absent'; readonly reason: string };
