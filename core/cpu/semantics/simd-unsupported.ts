// State saving that does not execute yet, and rows of extensions no model has: #UD, as on a processor without them.
import { undefinedOpcode, unsupported } from './unsupported.ts';

export const SIMD_UNSUPPORTED = {
  emms: unsupported, fxsave: unsupported, fxrstor: unsupported,
  xsave: undefinedOpcode, xrstor: undefinedOpcode, xsaveopt: undefinedOpcode, clflushopt: undefinedOpcode,
};
