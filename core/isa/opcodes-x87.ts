// The x87 escapes D8-DF: SDM 2D "Escape Opcode Instructions". They decode and disassemble; the one operation `x87` is not executed yet.
// How a row is written is explained in opcode-row.ts. `F` is ST(i) with i in ModRM.rm.
import { rows } from './opcode-row.ts';

export const X87_ROWS = rows([
  ['D8 /0 mem', 'x87', 'Md', 'as=fadd'], ['D8 /1 mem', 'x87', 'Md', 'as=fmul'], ['D8 /2 mem', 'x87', 'Md', 'as=fcom'], ['D8 /3 mem', 'x87', 'Md', 'as=fcomp'],
  ['D8 /4 mem', 'x87', 'Md', 'as=fsub'], ['D8 /5 mem', 'x87', 'Md', 'as=fsubr'], ['D8 /6 mem', 'x87', 'Md', 'as=fdiv'], ['D8 /7 mem', 'x87', 'Md', 'as=fdivr'],
  ['D8 /0 reg', 'x87', 'ST0,F', 'as=fadd'], ['D8 /1 reg', 'x87', 'ST0,F', 'as=fmul'], ['D8 /2 reg', 'x87', 'ST0,F', 'as=fcom'], ['D8 /3 reg', 'x87', 'ST0,F', 'as=fcomp'],
  ['D8 /4 reg', 'x87', 'ST0,F', 'as=fsub'], ['D8 /5 reg', 'x87', 'ST0,F', 'as=fsubr'], ['D8 /6 reg', 'x87', 'ST0,F', 'as=fdiv'], ['D8 /7 reg', 'x87', 'ST0,F', 'as=fdivr'],

  ['D9 /0 mem', 'x87', 'Md', 'as=fld'], ['D9 /2 mem', 'x87', 'Md', 'as=fst'], ['D9 /3 mem', 'x87', 'Md', 'as=fstp'], ['D9 /4 mem', 'x87', 'M', 'as=fldenv'],
  ['D9 /5 mem', 'x87', 'Mw', 'as=fldcw'], ['D9 /6 mem', 'x87', 'M', 'as=fnstenv'], ['D9 /7 mem', 'x87', 'Mw', 'as=fnstcw'],
  ['D9 /0 reg', 'x87', 'ST0,F', 'as=fld'], ['D9 /1 reg', 'x87', 'ST0,F', 'as=fxch'], ['D9 D0', 'x87', '', 'as=fnop'], ['D9 /3 reg', 'x87', 'F,ST0', 'as=fstpnce'],
  ['D9 E0', 'x87', '', 'as=fchs'], ['D9 E1', 'x87', '', 'as=fabs'], ['D9 E4', 'x87', '', 'as=ftst'], ['D9 E5', 'x87', '', 'as=fxam'],
  ['D9 E8', 'x87', '', 'as=fld1'], ['D9 E9', 'x87', '', 'as=fldl2t'], ['D9 EA', 'x87', '', 'as=fldl2e'], ['D9 EB', 'x87', '', 'as=fldpi'],
  ['D9 EC', 'x87', '', 'as=fldlg2'], ['D9 ED', 'x87', '', 'as=fldln2'], ['D9 EE', 'x87', '', 'as=fldz'],
  ['D9 F0', 'x87', '', 'as=f2xm1'], ['D9 F1', 'x87', '', 'as=fyl2x'], ['D9 F2', 'x87', '', 'as=fptan'], ['D9 F3', 'x87', '', 'as=fpatan'],
  ['D9 F4', 'x87', '', 'as=fxtract'], ['D9 F5', 'x87', '', 'as=fprem1'], ['D9 F6', 'x87', '', 'as=fdecstp'], ['D9 F7', 'x87', '', 'as=fincstp'],
  ['D9 F8', 'x87', '', 'as=fprem'], ['D9 F9', 'x87', '', 'as=fyl2xp1'], ['D9 FA', 'x87', '', 'as=fsqrt'], ['D9 FB', 'x87', '', 'as=fsincos'],
  ['D9 FC', 'x87', '', 'as=frndint'], ['D9 FD', 'x87', '', 'as=fscale'], ['D9 FE', 'x87', '', 'as=fsin'], ['D9 FF', 'x87', '', 'as=fcos'],

  ['DA /0 mem', 'x87', 'Md', 'as=fiadd'], ['DA /1 mem', 'x87', 'Md', 'as=fimul'], ['DA /2 mem', 'x87', 'Md', 'as=ficom'], ['DA /3 mem', 'x87', 'Md', 'as=ficomp'],
  ['DA /4 mem', 'x87', 'Md', 'as=fisub'], ['DA /5 mem', 'x87', 'Md', 'as=fisubr'], ['DA /6 mem', 'x87', 'Md', 'as=fidiv'], ['DA /7 mem', 'x87', 'Md', 'as=fidivr'],
  ['DA /0 reg', 'x87', 'ST0,F', 'as=fcmovb'], ['DA /1 reg', 'x87', 'ST0,F', 'as=fcmove'], ['DA /2 reg', 'x87', 'ST0,F', 'as=fcmovbe'], ['DA /3 reg', 'x87', 'ST0,F', 'as=fcmovu'], ['DA E9', 'x87', '', 'as=fucompp'],

  ['DB /0 mem', 'x87', 'Md', 'as=fild'], ['DB /1 mem', 'x87', 'Md', 'as=fisttp'], ['DB /2 mem', 'x87', 'Md', 'as=fist'], ['DB /3 mem', 'x87', 'Md', 'as=fistp'], ['DB /5 mem', 'x87', 'Mt', 'as=fld'], ['DB /7 mem', 'x87', 'Mt', 'as=fstp'],
  ['DB /0 reg', 'x87', 'ST0,F', 'as=fcmovnb'], ['DB /1 reg', 'x87', 'ST0,F', 'as=fcmovne'], ['DB /2 reg', 'x87', 'ST0,F', 'as=fcmovnbe'], ['DB /3 reg', 'x87', 'ST0,F', 'as=fcmovnu'],
  ['DB E0', 'x87', '', 'as=fneni'], ['DB E1', 'x87', '', 'as=fndisi'], ['DB E2', 'x87', '', 'as=fnclex'], ['DB E3', 'x87', '', 'as=fninit'], ['DB E4', 'x87', '', 'as=fnsetpm'],
  ['DB /5 reg', 'x87', 'ST0,F', 'as=fucomi'], ['DB /6 reg', 'x87', 'ST0,F', 'as=fcomi'],

  ['DC /0 mem', 'x87', 'Mq', 'as=fadd'], ['DC /1 mem', 'x87', 'Mq', 'as=fmul'], ['DC /2 mem', 'x87', 'Mq', 'as=fcom'], ['DC /3 mem', 'x87', 'Mq', 'as=fcomp'],
  ['DC /4 mem', 'x87', 'Mq', 'as=fsub'], ['DC /5 mem', 'x87', 'Mq', 'as=fsubr'], ['DC /6 mem', 'x87', 'Mq', 'as=fdiv'], ['DC /7 mem', 'x87', 'Mq', 'as=fdivr'],
  ['DC /0 reg', 'x87', 'F,ST0', 'as=fadd'], ['DC /1 reg', 'x87', 'F,ST0', 'as=fmul'], ['DC /2 reg', 'x87', 'ST0,F', 'as=fcom'], ['DC /3 reg', 'x87', 'ST0,F', 'as=fcomp'],
  ['DC /4 reg', 'x87', 'F,ST0', 'as=fsubr'], ['DC /5 reg', 'x87', 'F,ST0', 'as=fsub'], ['DC /6 reg', 'x87', 'F,ST0', 'as=fdivr'], ['DC /7 reg', 'x87', 'F,ST0', 'as=fdiv'],

  ['DD /0 mem', 'x87', 'Mq', 'as=fld'], ['DD /1 mem', 'x87', 'Mq', 'as=fisttp'], ['DD /2 mem', 'x87', 'Mq', 'as=fst'], ['DD /3 mem', 'x87', 'Mq', 'as=fstp'],
  ['DD /4 mem', 'x87', 'M', 'as=frstor'], ['DD /6 mem', 'x87', 'M', 'as=fnsave'], ['DD /7 mem', 'x87', 'Mw', 'as=fnstsw'],
  ['DD /0 reg', 'x87', 'F', 'as=ffree'], ['DD /1 reg', 'x87', 'ST0,F', 'as=fxch'], ['DD /2 reg', 'x87', 'F', 'as=fst'], ['DD /3 reg', 'x87', 'F', 'as=fstp'], ['DD /4 reg', 'x87', 'F', 'as=fucom'], ['DD /5 reg', 'x87', 'F', 'as=fucomp'],

  ['DE /0 mem', 'x87', 'Mw', 'as=fiadd'], ['DE /1 mem', 'x87', 'Mw', 'as=fimul'], ['DE /2 mem', 'x87', 'Mw', 'as=ficom'], ['DE /3 mem', 'x87', 'Mw', 'as=ficomp'],
  ['DE /4 mem', 'x87', 'Mw', 'as=fisub'], ['DE /5 mem', 'x87', 'Mw', 'as=fisubr'], ['DE /6 mem', 'x87', 'Mw', 'as=fidiv'], ['DE /7 mem', 'x87', 'Mw', 'as=fidivr'],
  ['DE /0 reg', 'x87', 'F,ST0', 'as=faddp'], ['DE /1 reg', 'x87', 'F,ST0', 'as=fmulp'], ['DE /2 reg', 'x87', 'ST0,F', 'as=fcomp'], ['DE D9', 'x87', '', 'as=fcompp'],
  ['DE /4 reg', 'x87', 'F,ST0', 'as=fsubrp'], ['DE /5 reg', 'x87', 'F,ST0', 'as=fsubp'], ['DE /6 reg', 'x87', 'F,ST0', 'as=fdivrp'], ['DE /7 reg', 'x87', 'F,ST0', 'as=fdivp'],

  ['DF /0 mem', 'x87', 'Mw', 'as=fild'], ['DF /1 mem', 'x87', 'Mw', 'as=fisttp'], ['DF /2 mem', 'x87', 'Mw', 'as=fist'], ['DF /3 mem', 'x87', 'Mw', 'as=fistp'],
  ['DF /4 mem', 'x87', 'Mt', 'as=fbld'], ['DF /5 mem', 'x87', 'Mq', 'as=fild'], ['DF /6 mem', 'x87', 'Mt', 'as=fbstp'], ['DF /7 mem', 'x87', 'Mq', 'as=fistp'],
  ['DF /0 reg', 'x87', 'F', 'as=ffreep'], ['DF /1 reg', 'x87', 'ST0,F', 'as=fxch'], ['DF /2 reg', 'x87', 'F', 'as=fstp'], ['DF /3 reg', 'x87', 'F', 'as=fstp'],
  ['DF E0', 'x87', 'AX', 'as=fnstsw'], ['DF /5 reg', 'x87', 'ST0,F', 'as=fucomip'], ['DF /6 reg', 'x87', 'ST0,F', 'as=fcomip'],
]);
