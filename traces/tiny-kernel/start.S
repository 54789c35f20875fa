// start.S - what C cannot say: the Multiboot header, the first instructions, the entries of all vectors and of SYSENTER, the ways back,
// and the switch from one kernel stack to another.

#define KERNEL_DS 0x10
#define USER_CS 0x1b
#define USER_DS 0x23
#define EFLAGS_FIXED 0x2
#define EFLAGS_IF 0x200
#define VECTOR_SYSTEM_CALL 0x80
#define GATES 0x81

// Multiboot Specification 0.6.96: bit 1 of the flags asks for the memory map.
#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 0x2
	.section .multiboot, "a"
	.align 4
	.long MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

// 32-bit protected mode, paging off, interrupts off; EAX says who loaded us, EBX where its information is. No stack.
	.text
	.globl kernel_start
	.type kernel_start, @function
kernel_start:
	mov $boot_stack_top, %esp
	xor %ebp, %ebp
	push %ebx
	push %eax
	call kernel_main

	.bss
	.align 4096
boot_stack:
	.skip 4096
	.globl boot_stack_top
boot_stack_top:

// An entry for each gate. Where the processor pushes no error code, a zero takes its place, so that all frames are alike.
	.macro entry vector, name, has_code=0
	.text
	.globl entry_\name
	.type entry_\name, @function
entry_\name:
	.if \has_code == 0
	push $0
	.endif
	push $\vector
	jmp save_registers
	.section .rodata
	.org gate_entries_start + 4 * \vector
	.long entry_\name
	.endm

	.section .rodata
	.align 4
	.globl gate_entries
	.type gate_entries, @object
gate_entries:
	.set gate_entries_start, gate_entries
	entry 0, divide_error
	entry 1, debug
	entry 2, nmi
	entry 3, breakpoint
	entry 4, overflow
	entry 5, bound
	entry 6, invalid_opcode
	entry 7, no_coprocessor
	entry 8, double_fault, 1
	entry 10, invalid_tss, 1
	entry 11, not_present, 1
	entry 12, stack_fault, 1
	entry 13, general_protection, 1
	entry 14, page_fault, 1
	entry 16, floating_point
	entry 17, alignment_check, 1
	entry 0x20, timer
	entry 0x27, spurious
	entry 0x80, int80
	.section .rodata
	.org gate_entries_start + 4 * GATES

	.text
	.type save_registers, @function
save_registers:
	pusha
	push %ds
	push %es
	mov $KERNEL_DS, %eax
	mov %eax, %ds
	mov %eax, %es
	cld
	push %esp
	call enter_kernel
	add $4, %esp
	.globl leave_kernel
	.type leave_kernel, @function
leave_kernel:
	pop %es
	pop %ds
	popa
	add $8, %esp
	iret

// SYSENTER pushes nothing and saves nothing: by agreement with the program its ESP comes in ECX, where to return in EDX. The same
// frame is built as an interrupt's. The program's flags are still there, so they are replaced: TF or AC would go on in ring 0.
	.globl sysenter_entry
	.type sysenter_entry, @function
sysenter_entry:
	push $EFLAGS_FIXED
	popf
	push $USER_DS
	push %ecx
	push $(EFLAGS_FIXED | EFLAGS_IF)
	push $USER_CS
	push %edx
	push $0
	push $VECTOR_SYSTEM_CALL
	pusha
	push %ds
	push %es
	mov $KERNEL_DS, %ecx
	mov %ecx, %ds
	mov %ecx, %es
	push %esp
	call enter_kernel
	add $4, %esp
	pop %es
	pop %ds
	popa
	mov 8(%esp), %edx
	mov 20(%esp), %ecx
	sti
	sysexit

// void switch_stacks(uint32_t *save_esp, uint32_t load_esp): what C keeps in registers across a call waits on the stack that is left.
	.globl switch_stacks
	.type switch_stacks, @function
switch_stacks:
	mov 4(%esp), %eax
	mov 8(%esp), %edx
	push %ebp
	push %ebx
	push %esi
	push %edi
	mov %esp, (%eax)
	mov %edx, %esp
	pop %edi
	pop %esi
	pop %ebx
	pop %ebp
	ret
	.section .note.GNU-stack, "", @progbits
