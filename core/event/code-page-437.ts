// The characters of a PC's text screen as Unicode: code page 437, with the pictures it shows below 0x20.

const CONTROLS = '\0☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼';
const HIGH = 'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** The character a cell shows; 0 and 0xFF show nothing. */
export function screenCharacter(code: number): string {
  if (code === 0 || code === 0xff) return ' ';
  if (code < 0x20) return CONTROLS[code]!;
  if (code === 0x7f) return '⌂';
  return code < 0x80 ? String.fromCharCode(code) : HIGH[code - 0x80]!;
}
