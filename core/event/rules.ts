// The rule catalogue: every architectural check the processor makes, with a title in words, its citation, and the procedure it
// belongs to. The order within a procedure is the manual's order; there are no conditions here, those live in core/cpu alone.

export interface Rule {
  /** Kebab-case id, the name a user sees and a test cites. */
  readonly id: string;
  /** What must hold, as one plain sentence without a full stop. */
  readonly title: string;
  /** Volume and section title, for example `SDM 3A "Stack Switching"`. */
  readonly cite: string;
  /** The procedure whose ladder shows it. */
  readonly procedure: string;
}

/** The rules in ladder order. A row's position is its code in this version; files name the list in their header. */
export const RULES = [
  { id: 'none', title: 'no check is involved', cite: 'EVENTS.md "fault"', procedure: 'none' },

  { id: 'instruction-breakpoint', title: 'no armed instruction breakpoint names the address of the instruction', cite: 'SDM 3B "Instruction-Breakpoint Exception Condition"', procedure: 'instruction-breakpoint' },
  { id: 'fetch-limit', title: 'the instruction pointer lies within the limit of CS', cite: 'SDM 3A "Limit Checking"', procedure: 'fetch' },
  { id: 'instruction-length', title: 'an instruction has at most 15 bytes', cite: 'SDM 3A "Interrupt 13—General Protection Exception (#GP)"', procedure: 'fetch' },
  { id: 'opcode-defined', title: 'the opcode is defined, with operands it allows', cite: 'SDM 3A "Interrupt 6—Invalid Opcode Exception (#UD)"', procedure: 'fetch' },
  { id: 'lock-allowed', title: 'LOCK stands before an instruction that may be locked, with a memory destination', cite: 'SDM 2A "LOCK—Assert LOCK# Signal Prefix"', procedure: 'fetch' },

  { id: 'segment-usable', title: 'the segment register does not hold a null selector', cite: 'SDM 3A "Null Segment Selector Checking"', procedure: 'memory-access' },
  { id: 'segment-readable', title: 'a segment that is read is a data segment or a readable code segment', cite: 'SDM 3A "Type Checking"', procedure: 'memory-access' },
  { id: 'segment-writable', title: 'a segment that is written is a writable data segment', cite: 'SDM 3A "Type Checking"', procedure: 'memory-access' },
  { id: 'segment-limit', title: 'every byte of the access lies within the segment limit', cite: 'SDM 3A "Limit Checking"', procedure: 'memory-access' },
  { id: 'segment-expand-down', title: 'every byte of the access lies above the limit of an expand-down segment', cite: 'SDM 3A "Limit Checking"', procedure: 'memory-access' },
  { id: 'operand-aligned', title: 'a 128-bit operand lies on a 16-byte boundary', cite: 'SDM 2A "Alignment"', procedure: 'memory-access' },
  { id: 'access-aligned', title: 'at CPL 3 with CR0.AM and EFLAGS.AC set, the access is aligned to its size', cite: 'SDM 3A "Interrupt 17—Alignment Check Exception (#AC)"', procedure: 'memory-access' },

  { id: 'page-pdpte-present', title: 'the PDPTE register for the address is present', cite: 'SDM 3A "PAE Paging"', procedure: 'page-walk' },
  { id: 'page-directory-present', title: 'the page-directory entry is present', cite: 'SDM 3A "32-Bit Paging"', procedure: 'page-walk' },
  { id: 'page-directory-reserved', title: 'the reserved bits of the page-directory entry are clear', cite: 'SDM 3A "Page-Fault Exceptions"', procedure: 'page-walk' },
  { id: 'page-directory-nxe', title: 'bit 63 (XD) of the page-directory entry is clear while EFER.NXE = 0', cite: 'SDM 3A "PAE Paging"', procedure: 'page-walk' },
  { id: 'page-table-present', title: 'the page-table entry is present', cite: 'SDM 3A "32-Bit Paging"', procedure: 'page-walk' },
  { id: 'page-table-reserved', title: 'the reserved bits of the page-table entry are clear', cite: 'SDM 3A "Page-Fault Exceptions"', procedure: 'page-walk' },
  { id: 'page-table-nxe', title: 'bit 63 (XD) of the page-table entry is clear while EFER.NXE = 0', cite: 'SDM 3A "PAE Paging"', procedure: 'page-walk' },
  { id: 'page-user', title: 'a user-mode access uses entries with U/S = 1 at every level', cite: 'SDM 3A "Determination of Access Rights"', procedure: 'page-walk' },
  { id: 'page-user-writable', title: 'a user-mode write uses entries with R/W = 1 at every level', cite: 'SDM 3A "Determination of Access Rights"', procedure: 'page-walk' },
  { id: 'page-supervisor-writable', title: 'a supervisor-mode write with CR0.WP = 1 uses entries with R/W = 1 at every level', cite: 'SDM 3A "Determination of Access Rights"', procedure: 'page-walk' },
  { id: 'page-smap', title: 'with CR4.SMAP = 1, a supervisor-mode access to data of a user page is explicit and has EFLAGS.AC = 1', cite: 'SDM 3A "Determination of Access Rights"', procedure: 'page-walk' },
  { id: 'page-smep', title: 'with CR4.SMEP = 1, a supervisor-mode fetch uses a page with U/S = 0 at some level', cite: 'SDM 3A "Determination of Access Rights"', procedure: 'page-walk' },
  { id: 'page-nx', title: 'a fetch uses entries with XD = 0 at every level', cite: 'SDM 3A "Determination of Access Rights"', procedure: 'page-walk' },

  { id: 'data-table-limit', title: 'the selector of a data segment lies within its descriptor table', cite: 'SDM 2B "MOV—Move"', procedure: 'load-data-segment' },
  { id: 'data-type', title: 'the descriptor is a data segment or a readable code segment', cite: 'SDM 3A "Type Checking"', procedure: 'load-data-segment' },
  { id: 'data-privilege', title: 'neither CPL nor RPL is numerically greater than DPL', cite: 'SDM 3A "Privilege Level Checking When Accessing Data Segments"', procedure: 'load-data-segment' },
  { id: 'data-present', title: 'the segment is present', cite: 'SDM 3A "Interrupt 11—Segment Not Present (#NP)"', procedure: 'load-data-segment' },

  { id: 'ss-not-null', title: 'the selector loaded into SS is not null', cite: 'SDM 2B "MOV—Move"', procedure: 'load-stack-segment' },
  { id: 'ss-table-limit', title: 'the selector loaded into SS lies within its descriptor table', cite: 'SDM 2B "MOV—Move"', procedure: 'load-stack-segment' },
  { id: 'ss-rpl', title: 'RPL of the SS selector equals CPL', cite: 'SDM 3A "Privilege Level Checking When Loading the SS Register"', procedure: 'load-stack-segment' },
  { id: 'ss-type', title: 'SS is loaded with a writable data segment', cite: 'SDM 3A "Type Checking"', procedure: 'load-stack-segment' },
  { id: 'ss-dpl', title: 'DPL of the stack segment equals CPL', cite: 'SDM 3A "Privilege Level Checking When Loading the SS Register"', procedure: 'load-stack-segment' },
  { id: 'ss-present', title: 'the stack segment is present', cite: 'SDM 3A "Interrupt 12—Stack Fault Exception (#SS)"', procedure: 'load-stack-segment' },

  { id: 'jump-not-null', title: 'the target selector of a far transfer is not null', cite: 'SDM 2A "JMP—Jump"', procedure: 'far-jump' },
  { id: 'jump-table-limit', title: 'the target selector lies within its descriptor table', cite: 'SDM 2A "JMP—Jump"', procedure: 'far-jump' },
  { id: 'jump-type', title: 'the target is a code segment, a call gate, a task gate or an available TSS', cite: 'SDM 2A "JMP—Jump"', procedure: 'far-jump' },
  { id: 'jump-conforming-dpl', title: 'DPL of a conforming target is not numerically greater than CPL', cite: 'SDM 3A "Direct Calls or Jumps to Code Segments"', procedure: 'far-jump' },
  { id: 'jump-rpl', title: 'RPL of the target selector is not numerically greater than CPL', cite: 'SDM 3A "Direct Calls or Jumps to Code Segments"', procedure: 'far-jump' },
  { id: 'jump-dpl', title: 'DPL of a nonconforming target equals CPL', cite: 'SDM 3A "Direct Calls or Jumps to Code Segments"', procedure: 'far-jump' },
  { id: 'jump-present', title: 'the target code segment is present', cite: 'SDM 2A "JMP—Jump"', procedure: 'far-jump' },
  { id: 'jump-limit', title: 'the target offset lies within the limit of the code segment', cite: 'SDM 2A "JMP—Jump"', procedure: 'far-jump' },

  { id: 'call-gate-dpl', title: 'neither CPL nor RPL of its selector is numerically greater than DPL of the call gate', cite: 'SDM 3A "Accessing a Code Segment Through a Call Gate"', procedure: 'call-gate' },
  { id: 'call-gate-present', title: 'the call gate is present', cite: 'SDM 2A "CALL—Call Procedure"', procedure: 'call-gate' },
  { id: 'call-gate-code-not-null', title: 'the CS selector in the call gate is not null', cite: 'SDM 2A "CALL—Call Procedure"', procedure: 'call-gate' },
  { id: 'call-gate-code-table-limit', title: 'the CS selector in the call gate lies within its descriptor table', cite: 'SDM 2A "CALL—Call Procedure"', procedure: 'call-gate' },
  { id: 'call-gate-code-type', title: 'the CS selector in the call gate names a code segment', cite: 'SDM 2A "CALL—Call Procedure"', procedure: 'call-gate' },
  { id: 'call-gate-code-dpl', title: 'DPL of the code segment named by the call gate is not numerically greater than CPL', cite: 'SDM 3A "Accessing a Code Segment Through a Call Gate"', procedure: 'call-gate' },
  { id: 'call-gate-jump-dpl', title: 'for JMP, DPL of a nonconforming code segment named by the call gate equals CPL', cite: 'SDM 3A "Accessing a Code Segment Through a Call Gate"', procedure: 'call-gate' },
  { id: 'call-gate-code-present', title: 'the code segment named by the call gate is present', cite: 'SDM 2A "CALL—Call Procedure"', procedure: 'call-gate' },
  { id: 'call-gate-same-room', title: 'the current stack has room for the return address', cite: 'SDM 2A "CALL—Call Procedure"', procedure: 'call-gate' },
  { id: 'call-gate-tss-limit', title: 'the stack pointer for the new ring lies within the limit of the TSS', cite: 'SDM 3A "Stack Switching"', procedure: 'call-gate' },
  { id: 'call-gate-ss-not-null', title: 'the SS selector read from the TSS is not null', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'call-gate' },
  { id: 'call-gate-ss-table-limit', title: 'the SS selector read from the TSS lies within its descriptor table', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'call-gate' },
  { id: 'call-gate-ss-rpl', title: 'RPL of the SS selector read from the TSS equals the new CPL', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'call-gate' },
  { id: 'call-gate-ss-dpl', title: 'DPL of the stack segment named by the TSS equals the new CPL', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'call-gate' },
  { id: 'call-gate-ss-type', title: 'the stack segment named by the TSS is a writable data segment', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'call-gate' },
  { id: 'call-gate-ss-present', title: 'the stack segment named by the TSS is present', cite: 'SDM 2A "CALL—Call Procedure"', procedure: 'call-gate' },
  { id: 'call-gate-inner-room', title: 'the new stack has room for return address, parameters and the old stack pointer', cite: 'SDM 2A "CALL—Call Procedure"', procedure: 'call-gate' },
  { id: 'call-gate-limit', title: 'the offset in the call gate lies within the limit of its code segment', cite: 'SDM 2A "CALL—Call Procedure"', procedure: 'call-gate' },

  { id: 'return-cs-not-null', title: 'the return CS selector is not null', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-cs-table-limit', title: 'the return CS selector lies within its descriptor table', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-cs-type', title: 'the return CS selector names a code segment', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-cs-rpl', title: 'RPL of the return CS selector is not numerically less than CPL', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-cs-conforming-dpl', title: 'DPL of a conforming return code segment is not numerically greater than the RPL of its selector', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-cs-dpl', title: 'DPL of a nonconforming return code segment equals the RPL of its selector', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-cs-present', title: 'the return code segment is present', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-ss-not-null', title: 'the return SS selector is not null', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-ss-table-limit', title: 'the return SS selector lies within its descriptor table', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-ss-rpl', title: 'RPL of the return SS selector equals RPL of the return CS selector', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-ss-type', title: 'the return SS selector names a writable data segment', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-ss-dpl', title: 'DPL of the return stack segment equals RPL of the return CS selector', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-ss-present', title: 'the return stack segment is present', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },
  { id: 'return-limit', title: 'the return instruction pointer lies within the limit of the return code segment', cite: 'SDM 2B "RET—Return From Procedure"', procedure: 'far-return' },

  { id: 'idt-limit', title: 'the gate lies within the limit of the IDT', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'gate-type', title: 'the IDT entry is an interrupt, trap or task gate', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'gate-dpl', title: 'for INT n, INT3 and INTO, CPL is not numerically greater than DPL of the gate', cite: 'SDM 3A "Protection of Exception- and Interrupt-Handler Procedures"', procedure: 'interrupt-delivery' },
  { id: 'gate-present', title: 'the gate is present', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'handler-not-null', title: 'the CS selector in the gate is not null', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'handler-table-limit', title: 'the CS selector in the gate lies within its descriptor table', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'handler-type', title: 'the CS selector in the gate names a code segment', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'handler-dpl', title: 'DPL of the handler code segment is not numerically greater than CPL', cite: 'SDM 3A "Protection of Exception- and Interrupt-Handler Procedures"', procedure: 'interrupt-delivery' },
  { id: 'handler-present', title: 'the handler code segment is present', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'handler-v86', title: 'out of virtual-8086 mode, the handler is nonconforming code of ring 0', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'tss-stack-limit', title: 'the stack pointer for the new ring lies within the limit of the TSS', cite: 'SDM 3A "Stack Switching"', procedure: 'interrupt-delivery' },
  { id: 'inner-ss-not-null', title: 'the SS selector read from the TSS is not null', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'interrupt-delivery' },
  { id: 'inner-ss-table-limit', title: 'the SS selector read from the TSS lies within its descriptor table', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'interrupt-delivery' },
  { id: 'inner-ss-rpl', title: 'RPL of the SS selector read from the TSS equals the new CPL', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'interrupt-delivery' },
  { id: 'inner-ss-dpl', title: 'DPL of the stack segment named by the TSS equals the new CPL', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'interrupt-delivery' },
  { id: 'inner-ss-type', title: 'the stack segment named by the TSS is a writable data segment', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'interrupt-delivery' },
  { id: 'inner-ss-present', title: 'the stack segment named by the TSS is present', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'inner-frame-room', title: 'the new stack has room for the frame', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'same-frame-room', title: 'the current stack has room for the frame', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },
  { id: 'handler-limit', title: 'the handler offset lies within the limit of its code segment', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'interrupt-delivery' },

  { id: 'exceptions-serial', title: 'the two exceptions can be delivered one after the other', cite: 'SDM 3A "Interrupt 8—Double Fault Exception (#DF)"', procedure: 'double-fault' },
  { id: 'double-fault-delivered', title: 'the double fault handler is called without a further exception', cite: 'SDM 3A "Interrupt 8—Double Fault Exception (#DF)"', procedure: 'double-fault' },

  { id: 'iret-cs-not-null', title: 'the CS selector popped by IRET is not null', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-cs-table-limit', title: 'the CS selector popped by IRET lies within its descriptor table', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-cs-type', title: 'the CS selector popped by IRET names a code segment', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-cs-rpl', title: 'RPL of the popped CS selector is not numerically less than CPL', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-cs-conforming-dpl', title: 'DPL of a conforming return code segment is not numerically greater than the RPL of its selector', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-cs-dpl', title: 'DPL of a nonconforming return code segment equals the RPL of its selector', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-cs-present', title: 'the return code segment is present', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-ss-not-null', title: 'the SS selector popped by IRET is not null', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-ss-table-limit', title: 'the SS selector popped by IRET lies within its descriptor table', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-ss-rpl', title: 'RPL of the popped SS selector equals RPL of the popped CS selector', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-ss-type', title: 'the popped SS selector names a writable data segment', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-ss-dpl', title: 'DPL of the return stack segment equals RPL of the popped CS selector', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-ss-present', title: 'the return stack segment is present', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },
  { id: 'iret-limit', title: 'the popped instruction pointer lies within the limit of the return code segment', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret' },

  { id: 'iret-v86-limit', title: 'the popped instruction pointer lies within the 64 KBytes of a virtual-8086 code segment', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'iret-to-virtual-8086' },

  { id: 'real-far-limit', title: 'outside protected mode, the target offset of a far transfer lies within the limit of CS', cite: 'SDM 2A "JMP—Jump"', procedure: 'real-far-transfer' },
  { id: 'vector-table-limit', title: 'the entry of the interrupt-vector table lies within the limit of IDTR', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'real-interrupt' },
  { id: 'vector-frame-room', title: 'the stack has room for the three words of the frame', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'real-interrupt' },
  { id: 'redirection-tss', title: 'with CR4.VME, INT n in virtual-8086 mode finds a 32-bit TSS that reaches its I/O map base', cite: 'SDM 3B "Class 3—Software Interrupt Handling in Virtual-8086 Mode"', procedure: 'virtual-8086' },
  { id: 'redirection-map-limit', title: 'the byte of the interrupt redirection bit map lies within the TSS limit', cite: 'SDM 3B "Class 3—Software Interrupt Handling in Virtual-8086 Mode"', procedure: 'virtual-8086' },
  { id: 'v86-iopl', title: 'PUSHF, POPF, INT n and IRET run in virtual-8086 mode with IOPL 3 only', cite: 'SDM 3B "Sensitive Instructions"', procedure: 'virtual-8086' },
  { id: 'virtual-flag-trap', title: 'FLAGS popped where VIF stands in for IF do not set TF', cite: 'SDM 2B "POPF/POPFD/POPFQ—Pop Stack Into EFLAGS Register"', procedure: 'virtual-8086' },
  { id: 'virtual-flag-pending', title: 'FLAGS popped where VIF stands in for IF do not set IF while VIP is set', cite: 'SDM 2B "POPF/POPFD/POPFQ—Pop Stack Into EFLAGS Register"', procedure: 'virtual-8086' },
  { id: 'pusha-pointer', title: 'outside protected mode, PUSHA does not start with SP 7, 9, 11, 13 or 15', cite: 'SDM 2B "PUSHA/PUSHAD—Push All General-Purpose Registers"', procedure: 'pusha' },
  { id: 'real-iret-limit', title: 'outside protected mode, the popped instruction pointer lies within the limit of CS', cite: 'SDM 2A "IRET/IRETD/IRETQ—Interrupt Return"', procedure: 'real-iret' },

  { id: 'task-dpl', title: 'neither CPL nor RPL of its selector is numerically greater than DPL of the task gate or TSS', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-gate-present', title: 'the task gate is present', cite: 'SDM 2A "JMP—Jump"', procedure: 'task-switch' },
  { id: 'task-tss-in-gdt', title: 'the selector of the new TSS refers to the GDT', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-tss-table-limit', title: 'the selector of the new TSS lies within the GDT', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-tss-type', title: 'the descriptor is an available TSS, for IRET a busy one', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-tss-present', title: 'the new TSS is present', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-tss-limit', title: 'the new TSS has room for a whole task: limit 67H and more, 2BH with 16 bits', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-old-tss-limit', title: 'the current TSS has room for the state saved there: limit 5FH and more, 29H with 16 bits', cite: 'SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)"', procedure: 'task-switch' },
  { id: 'task-ldt-in-gdt', title: 'the selector of the LDT of the new task refers to the GDT', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-ldt-table-limit', title: 'the selector of the LDT of the new task lies within the GDT', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-ldt-type', title: 'the LDT selector of the new task names an LDT', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-ldt-present', title: 'the LDT of the new task is present', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-cs-not-null', title: 'the CS selector of the new task is not null', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-cs-table-limit', title: 'the CS selector of the new task lies within its descriptor table', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-cs-type', title: 'the CS selector of the new task names a code segment', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-cs-dpl', title: 'DPL of the code segment of the new task equals RPL of its selector, or is not numerically greater when conforming', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-ss-not-null', title: 'the SS selector of the new task is not null', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-ss-table-limit', title: 'the SS selector of the new task lies within its descriptor table', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-ss-type', title: 'the SS selector of the new task names a writable data segment', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-ss-present', title: 'the stack segment of the new task is present', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-ss-dpl', title: 'DPL of the stack segment of the new task equals its CPL', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-cs-present', title: 'the code segment of the new task is present', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-ss-rpl', title: 'RPL of the SS selector of the new task equals its CPL', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-data-table-limit', title: 'a data segment selector of the new task lies within its descriptor table', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-data-type', title: 'a data segment register of the new task names data or readable code', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-data-present', title: 'a data segment of the new task is present', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-data-privilege', title: 'for a data segment of the new task, neither CPL nor RPL is numerically greater than DPL', cite: 'SDM 3A "Task Switching"', procedure: 'task-switch' },
  { id: 'task-error-code-room', title: 'the stack of the new task has room for the error code', cite: 'SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"', procedure: 'task-switch' },
  { id: 'task-limit', title: 'the instruction pointer of the new task lies within the limit of its code segment', cite: 'SDM 2A "JMP—Jump"', procedure: 'task-switch' },

  { id: 'sysenter-protected', title: 'SYSENTER runs in protected mode (CR0.PE = 1)', cite: 'SDM 2B "SYSENTER—Fast System Call"', procedure: 'sysenter' },
  { id: 'sysenter-cs-set', title: 'bits 15:2 of IA32_SYSENTER_CS are not all zero', cite: 'SDM 2B "SYSENTER—Fast System Call"', procedure: 'sysenter' },
  { id: 'sysexit-protected', title: 'SYSEXIT runs in protected mode (CR0.PE = 1)', cite: 'SDM 2B "SYSEXIT—Fast Return from Fast System Call"', procedure: 'sysexit' },
  { id: 'sysexit-cs-set', title: 'bits 15:2 of IA32_SYSENTER_CS are not all zero', cite: 'SDM 2B "SYSEXIT—Fast Return from Fast System Call"', procedure: 'sysexit' },
  { id: 'sysexit-cpl', title: 'SYSEXIT runs at CPL 0', cite: 'SDM 2B "SYSEXIT—Fast Return from Fast System Call"', procedure: 'sysexit' },

  { id: 'dr-exists', title: 'with CR4.DE = 1, the debug register is not DR4 or DR5', cite: 'SDM 2B "MOV—Move to/from Debug Registers"', procedure: 'debug-register' },
  { id: 'general-detect', title: 'DR7.GD is clear when a debug register is used', cite: 'SDM 3B "General-Detect Exception Condition"', procedure: 'debug-register' },
  { id: 'privileged-cpl', title: 'a privileged instruction runs at CPL 0', cite: 'SDM 3A "Privileged Instructions"', procedure: 'privileged-instruction' },
  { id: 'msr-exists', title: 'the MSR exists on this processor', cite: 'SDM 2B "RDMSR—Read From Model Specific Register"', procedure: 'model-specific-register' },
  { id: 'msr-value', title: 'the MSR can be written, and the value sets none of its reserved bits or encodings', cite: 'SDM 2D "WRMSR—Write to Model Specific Register"', procedure: 'model-specific-register' },
  { id: 'tsc-cpl', title: 'RDTSC and RDTSCP run at CPL 0 or with CR4.TSD = 0', cite: 'SDM 2B "RDTSC—Read Time-Stamp Counter"', procedure: 'time-stamp-counter' },
  { id: 'rdpmc-cpl', title: 'RDPMC runs at CPL 0 or with CR4.PCE = 1', cite: 'SDM 2B "RDPMC—Read Performance-Monitoring Counters"', procedure: 'performance-counter' },
  { id: 'rdpmc-counter', title: 'the performance counter exists on this processor', cite: 'SDM 2B "RDPMC—Read Performance-Monitoring Counters"', procedure: 'performance-counter' },
  { id: 'umip-cpl', title: 'with CR4.UMIP = 1, SGDT, SIDT, SLDT, SMSW and STR run at CPL 0', cite: 'SDM 3A "Control Registers"', procedure: 'user-mode-instruction-prevention' },
  { id: 'cr-exists', title: 'the control register exists', cite: 'SDM 2B "MOV—Move to/from Control Registers"', procedure: 'control-register' },
  { id: 'cr0-paging-protected', title: 'CR0.PG is not set while CR0.PE is clear', cite: 'SDM 2B "MOV—Move to/from Control Registers"', procedure: 'cr0-write' },
  { id: 'cr0-cache-bits', title: 'CR0.NW is not set while CR0.CD is clear', cite: 'SDM 2B "MOV—Move to/from Control Registers"', procedure: 'cr0-write' },
  { id: 'cr4-reserved', title: 'no bit of CR4 is set that this processor does not have', cite: 'SDM 3A "Control Registers"', procedure: 'cr4-write' },
  { id: 'pdpte-reserved', title: 'a PDPTE that is loaded with P = 1 has its reserved bits clear', cite: 'SDM 3A "PDPTE Registers"', procedure: 'pdpte-load' },
  { id: 'protected-mode-only', title: 'LAR, LSL, VERR, VERW, ARPL, LLDT, LTR, SLDT and STR run in protected mode', cite: 'SDM 2A "LAR—Load Access Rights Byte"', procedure: 'selector-instruction' },
  { id: 'lldt-in-gdt', title: 'the LDT selector refers to the GDT', cite: 'SDM 2A "LLDT—Load Local Descriptor Table Register"', procedure: 'lldt' },
  { id: 'lldt-table-limit', title: 'the LDT selector lies within the GDT', cite: 'SDM 2A "LLDT—Load Local Descriptor Table Register"', procedure: 'lldt' },
  { id: 'lldt-type', title: 'the descriptor is an LDT', cite: 'SDM 2A "LLDT—Load Local Descriptor Table Register"', procedure: 'lldt' },
  { id: 'lldt-present', title: 'the LDT is present', cite: 'SDM 2A "LLDT—Load Local Descriptor Table Register"', procedure: 'lldt' },
  { id: 'ltr-not-null', title: 'the TSS selector is not null', cite: 'SDM 2A "LTR—Load Task Register"', procedure: 'ltr' },
  { id: 'ltr-in-gdt', title: 'the TSS selector refers to the GDT', cite: 'SDM 2A "LTR—Load Task Register"', procedure: 'ltr' },
  { id: 'ltr-table-limit', title: 'the TSS selector lies within the GDT', cite: 'SDM 2A "LTR—Load Task Register"', procedure: 'ltr' },
  { id: 'ltr-type', title: 'the descriptor is an available TSS', cite: 'SDM 2A "LTR—Load Task Register"', procedure: 'ltr' },
  { id: 'ltr-present', title: 'the TSS is present', cite: 'SDM 2A "LTR—Load Task Register"', procedure: 'ltr' },

  { id: 'stac-cpl', title: 'STAC and CLAC run at CPL 0', cite: 'SDM 2B "STAC—Set AC Flag in EFLAGS Register"', procedure: 'access-flag' },
  { id: 'iopl-interrupt-flag', title: 'CLI and STI run with CPL not numerically greater than IOPL', cite: 'SDM 2B "STI—Set Interrupt Flag"', procedure: 'interrupt-flag' },
  { id: 'sti-virtual-pending', title: 'STI that sets VIF finds VIP clear', cite: 'SDM 2B "STI—Set Interrupt Flag"', procedure: 'interrupt-flag' },
  { id: 'virtual-interrupt-due', title: 'an instruction does not begin with VIF and VIP both set where CR4.VME or CR4.PVI makes them count', cite: 'SDM 3B "Class 2—Maskable Hardware Interrupt Handling in Virtual-8086 Mode Using the Virtual Interrupt Mechanism"', procedure: 'virtual-interrupt' },
  { id: 'io-tss', title: 'above IOPL, the current TSS is a 32-bit TSS that reaches its I/O map base', cite: 'SDM 1 "I/O Permission Bit Map"', procedure: 'io-permission' },
  { id: 'io-map-limit', title: 'both bytes of the I/O permission bit map that are read lie within the TSS limit', cite: 'SDM 1 "I/O Permission Bit Map"', procedure: 'io-permission' },
  { id: 'io-map-bit', title: 'the I/O permission bits of all ports of the access are clear', cite: 'SDM 1 "I/O Permission Bit Map"', procedure: 'io-permission' },

  { id: 'divisor-not-zero', title: 'the divisor is not zero', cite: 'SDM 3A "Interrupt 0—Divide Error Exception (#DE)"', procedure: 'divide' },
  { id: 'quotient-fits', title: 'the quotient fits into the destination', cite: 'SDM 3A "Interrupt 0—Divide Error Exception (#DE)"', procedure: 'divide' },
  { id: 'bound-range', title: 'the index lies within the bounds', cite: 'SDM 3A "Interrupt 5—BOUND Range Exceeded Exception (#BR)"', procedure: 'bound' },
  { id: 'fpu-available', title: 'the FPU instruction may run: neither CR0.EM nor CR0.TS asks for a trap', cite: 'SDM 3A "Interrupt 7—Device Not Available Exception (#NM)"', procedure: 'fpu' },
  { id: 'fpu-no-error', title: 'no unmasked x87 exception of an earlier instruction is pending while CR0.NE is set', cite: 'SDM 3A "Interrupt 16—x87 FPU Floating-Point Error (#MF)"', procedure: 'fpu' },
  { id: 'fxsave-aligned', title: 'the operand of FXSAVE or FXRSTOR lies on a 16-byte boundary', cite: 'SDM 2A "FXSAVE—Save x87 FPU, MMX Technology, and SSE State"', procedure: 'fpu' },
  { id: 'simd-emulation', title: 'CR0.EM is clear', cite: 'SDM 3A "Checking for Intel SSE Support"', procedure: 'simd' },
  { id: 'simd-os-support', title: 'CR4.OSFXSR is set for an instruction on XMM registers or MXCSR', cite: 'SDM 3A "Initialization of the Intel SSE Extensions"', procedure: 'simd' },
  { id: 'simd-task-switched', title: 'CR0.TS is clear', cite: 'SDM 3A "Interrupt 7—Device Not Available Exception (#NM)"', procedure: 'simd' },
  { id: 'mxcsr-reserved', title: 'no bit of MXCSR is set that this processor does not have', cite: 'SDM 1 "MXCSR Control and Status Register"', procedure: 'simd' },
  { id: 'simd-exception-support', title: 'CR4.OSXMMEXCPT is set when an unmasked SIMD floating-point exception arises', cite: 'SDM 3A "Interrupt 6—Invalid Opcode Exception (#UD)"', procedure: 'simd' },
  { id: 'simd-exception', title: 'no unmasked SIMD floating-point exception arises', cite: 'SDM 3A "Interrupt 19—SIMD Floating-Point Exception (#XM)"', procedure: 'simd' },
  { id: 'icebp-trap', title: 'the instruction is not INT1, which asks for a debug trap', cite: 'SDM 3A "Interrupt 1—Debug Exception (#DB)"', procedure: 'icebp' },
  { id: 'breakpoint-trap', title: 'the instruction is not INT3, which asks for a breakpoint trap', cite: 'SDM 3A "Interrupt 3—Breakpoint Exception (#BP)"', procedure: 'breakpoint' },
  { id: 'overflow-trap', title: 'INTO finds OF clear and raises no overflow trap', cite: 'SDM 3A "Interrupt 4—Overflow Exception (#OF)"', procedure: 'overflow' },
  { id: 'task-switch-trap', title: 'the TSS of the new task has T clear', cite: 'SDM 3B "Task-Switch Exception Condition"', procedure: 'task-switch-trap' },
  { id: 'data-breakpoint', title: 'no access of the instruction touches what an armed data breakpoint watches', cite: 'SDM 3B "Data Memory and I/O Breakpoint Exception Conditions"', procedure: 'data-breakpoint' },
  { id: 'io-breakpoint', title: 'no access of the instruction touches a port that an armed I/O breakpoint watches', cite: 'SDM 3B "Data Memory and I/O Breakpoint Exception Conditions"', procedure: 'io-breakpoint' },
  { id: 'single-step-trap', title: 'the instruction began with EFLAGS.TF clear and raises no debug trap when it is done', cite: 'SDM 3B "Single-Step Exception Condition"', procedure: 'single-step' },
] as const satisfies readonly Rule[];

export type RuleId = (typeof RULES)[number]['id'];

/** Ids in code order, as a trace's header stores them. */
export const RULE_IDS: readonly string[] = RULES.map((one) => one.id);

const codes = new Map<string, number>(RULES.map((one, code) => [one.id, code]));

/** Code of a rule, for `demand(cpu, rule('iret-cs-rpl'), …)`; evaluate once per module, not per check. */
export function rule(id: RuleId): number {
  return codes.get(id) ?? 0;
}

/** The rule of a code, or null for a code this version does not have. */
export function ruleOf(code: number): Rule | null {
  return RULES[code] ?? null;
}

/** Ids of one procedure in the manual's order: what a ladder lists as not reached. */
export function rulesOfProcedure(procedure: string): readonly string[] {
  return RULES.filter((one) => one.procedure === procedure).map((one) => one.id);
}
