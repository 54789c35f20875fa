// Commands that are named in the documentation of the product and do not exist yet: refused by name, never mistaken for typing errors.

export const NOT_YET_COMMANDS: Readonly<Record<string, string>> = {
  diff: 'comparing two traces',
  check: 'assertions about a trace',
  export: 'other formats',
  gdb: 'a server for debuggers',
  capture: 'running QEMU with the right flags',
};
