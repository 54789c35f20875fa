// Rows of extensions no model has: #UD, as on a processor without them.
import { undefinedOpcode } from './unsupported.ts';

export const SIMD_UNSUPPORTED = {
  xsave: undefinedOpcode, xrstor: undefinedOpcode, xsaveopt: undefinedOpcode, clflushopt: undefinedOpcode,
};
