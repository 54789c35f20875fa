// The x87 escapes D8-DF: SDM 2D "Escape Opcode Instructions". Each mnemonic is an operation; its operands say which form.
// How a row is written is explained in opcode-row.ts. `F` is ST(i) with i in ModRM.rm.
import { rows } from './opcode-row.ts';

export const X87_ROWS = rows([
  ['D8 /0 mem', 'fadd', 'Md'], ['D8 /1 mem', 'fmul', 'Md'], ['D8 /2 mem', 'fcom', 'Md'], ['D8 /3 mem', 'fcomp', 'Md'],
  ['D8 /4 mem', 'fsub', 'Md'], ['D8 /5 mem', 'fsubr', 'Md'], ['D8 /6 mem', 'fdiv', 'Md'], ['D8 /7 mem', 'fdivr', 'Md'],
  ['D8 /0 reg', 'fadd', 'ST0,F'], ['D8 /1 reg', 'fmul', 'ST0,F'], ['D8 /2 reg', 'fcom', 'ST0,F'], ['D8 /3 reg', 'fcomp', 'ST0,F'],
  ['D8 /4 reg', 'fsub', 'ST0,F'], ['D8 /5 reg', 'fsubr', 'ST0,F'], ['D8 /6 reg', 'fdiv', 'ST0,F'], ['D8 /7 reg', 'fdivr', 'ST0,F'],

  ['D9 /0 mem', 'fld', 'Md'], ['D9 /2 mem', 'fst', 'Md'], ['D9 /3 mem', 'fstp', 'Md'], ['D9 /4 mem', 'fldenv', 'M'],
  ['D9 /5 mem', 'fldcw', 'Mw'], ['D9 /6 mem', 'fnstenv', 'M'], ['D9 /7 mem', 'fnstcw', 'Mw'],
  ['D9 /0 reg', 'fld', 'ST0,F'], ['D9 /1 reg', 'fxch', 'ST0,F'], ['D9 D0', 'fnop', ''], ['D9 /3 reg', 'fstpnce', 'F,ST0'],
  ['D9 E0', 'fchs', ''], ['D9 E1', 'fabs', ''], ['D9 E4', 'ftst', ''], ['D9 E5', 'fxam', ''],
  ['D9 E8', 'fld1', ''], ['D9 E9', 'fldl2t', ''], ['D9 EA', 'fldl2e', ''], ['D9 EB', 'fldpi', ''],
  ['D9 EC', 'fldlg2', ''], ['D9 ED', 'fldln2', ''], ['D9 EE', 'fldz', ''],
  ['D9 F0', 'f2xm1', ''], ['D9 F1', 'fyl2x', ''], ['D9 F2', 'fptan', ''], ['D9 F3', 'fpatan', ''],
  ['D9 F4', 'fxtract', ''], ['D9 F5', 'fprem1', ''], ['D9 F6', 'fdecstp', ''], ['D9 F7', 'fincstp', ''],
  ['D9 F8', 'fprem', ''], ['D9 F9', 'fyl2xp1', ''], ['D9 FA', 'fsqrt', ''], ['D9 FB', 'fsincos', ''],
  ['D9 FC', 'frndint', ''], ['D9 FD', 'fscale', ''], ['D9 FE', 'fsin', ''], ['D9 FF', 'fcos', ''],

  ['DA /0 mem', 'fiadd', 'Md'], ['DA /1 mem', 'fimul', 'Md'], ['DA /2 mem', 'ficom', 'Md'], ['DA /3 mem', 'ficomp', 'Md'],
  ['DA /4 mem', 'fisub', 'Md'], ['DA /5 mem', 'fisubr', 'Md'], ['DA /6 mem', 'fidiv', 'Md'], ['DA /7 mem', 'fidivr', 'Md'],
  ['DA /0 reg', 'fcmovb', 'ST0,F'], ['DA /1 reg', 'fcmove', 'ST0,F'], ['DA /2 reg', 'fcmovbe', 'ST0,F'], ['DA /3 reg', 'fcmovu', 'ST0,F'], ['DA E9', 'fucompp', ''],

  ['DB /0 mem', 'fild', 'Md'], ['DB /1 mem', 'fisttp', 'Md'], ['DB /2 mem', 'fist', 'Md'], ['DB /3 mem', 'fistp', 'Md'], ['DB /5 mem', 'fld', 'Mt'], ['DB /7 mem', 'fstp', 'Mt'],
  ['DB /0 reg', 'fcmovnb', 'ST0,F'], ['DB /1 reg', 'fcmovne', 'ST0,F'], ['DB /2 reg', 'fcmovnbe', 'ST0,F'], ['DB /3 reg', 'fcmovnu', 'ST0,F'],
  ['DB E0', 'fneni', ''], ['DB E1', 'fndisi', ''], ['DB E2', 'fnclex', ''], ['DB E3', 'fninit', ''], ['DB E4', 'fnsetpm', ''],
  ['DB /5 reg', 'fucomi', 'ST0,F'], ['DB /6 reg', 'fcomi', 'ST0,F'],

  ['DC /0 mem', 'fadd', 'Mq'], ['DC /1 mem', 'fmul', 'Mq'], ['DC /2 mem', 'fcom', 'Mq'], ['DC /3 mem', 'fcomp', 'Mq'],
  ['DC /4 mem', 'fsub', 'Mq'], ['DC /5 mem', 'fsubr', 'Mq'], ['DC /6 mem', 'fdiv', 'Mq'], ['DC /7 mem', 'fdivr', 'Mq'],
  ['DC /0 reg', 'fadd', 'F,ST0'], ['DC /1 reg', 'fmul', 'F,ST0'], ['DC /2 reg', 'fcom', 'ST0,F'], ['DC /3 reg', 'fcomp', 'ST0,F'],
  ['DC /4 reg', 'fsubr', 'F,ST0'], ['DC /5 reg', 'fsub', 'F,ST0'], ['DC /6 reg', 'fdivr', 'F,ST0'], ['DC /7 reg', 'fdiv', 'F,ST0'],

  ['DD /0 mem', 'fld', 'Mq'], ['DD /1 mem', 'fisttp', 'Mq'], ['DD /2 mem', 'fst', 'Mq'], ['DD /3 mem', 'fstp', 'Mq'],
  ['DD /4 mem', 'frstor', 'M'], ['DD /6 mem', 'fnsave', 'M'], ['DD /7 mem', 'fnstsw', 'Mw'],
  ['DD /0 reg', 'ffree', 'F'], ['DD /1 reg', 'fxch', 'ST0,F'], ['DD /2 reg', 'fst', 'F'], ['DD /3 reg', 'fstp', 'F'], ['DD /4 reg', 'fucom', 'F'], ['DD /5 reg', 'fucomp', 'F'],

  ['DE /0 mem', 'fiadd', 'Mw'], ['DE /1 mem', 'fimul', 'Mw'], ['DE /2 mem', 'ficom', 'Mw'], ['DE /3 mem', 'ficomp', 'Mw'],
  ['DE /4 mem', 'fisub', 'Mw'], ['DE /5 mem', 'fisubr', 'Mw'], ['DE /6 mem', 'fidiv', 'Mw'], ['DE /7 mem', 'fidivr', 'Mw'],
  ['DE /0 reg', 'faddp', 'F,ST0'], ['DE /1 reg', 'fmulp', 'F,ST0'], ['DE /2 reg', 'fcomp', 'ST0,F'], ['DE D9', 'fcompp', ''],
  ['DE /4 reg', 'fsubrp', 'F,ST0'], ['DE /5 reg', 'fsubp', 'F,ST0'], ['DE /6 reg', 'fdivrp', 'F,ST0'], ['DE /7 reg', 'fdivp', 'F,ST0'],

  ['DF /0 mem', 'fild', 'Mw'], ['DF /1 mem', 'fisttp', 'Mw'], ['DF /2 mem', 'fist', 'Mw'], ['DF /3 mem', 'fistp', 'Mw'],
  ['DF /4 mem', 'fbld', 'Mt'], ['DF /5 mem', 'fild', 'Mq'], ['DF /6 mem', 'fbstp', 'Mt'], ['DF /7 mem', 'fistp', 'Mq'],
  ['DF /0 reg', 'ffreep', 'F'], ['DF /1 reg', 'fxch', 'ST0,F'], ['DF /2 reg', 'fstp', 'F'], ['DF /3 reg', 'fstp', 'F'],
  ['DF E0', 'fnstsw', 'AX'], ['DF /5 reg', 'fucomip', 'ST0,F'], ['DF /6 reg', 'fcomip', 'ST0,F'],
]);
