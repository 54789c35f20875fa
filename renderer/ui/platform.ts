// Small facts about where the window runs.

/** True on a Mac, where Cmd takes Ctrl's place. */
export function isMac(): boolean {
  return navigator.userAgent.includes('Macintosh');
}
