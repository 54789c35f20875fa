// The parts that C cannot say: Multiboot header, entry, the stubs of all vectors, SYSENTER's entry, the switch of kernel stacks.

#define KERNEL_DS 0x10
#define USER_CS 0x1b
#define USER_DS 0x23
#define EFLAGS_IF 0x200
#define GATES 0x81

	.section .multiboot, "a"
	.align 4
	.long 0x1badb002, 0, -0x1badb002

	.text
	.globl kernel_start
kernel_start:
	mov $boot_stack_top, %esp
	xor %ebp, %ebp
	call kernel_main
1:	cli
	hlt
	jmp 1b

	.bss
	.align 16
	.globl boot_stack
boot_stack:
	.skip 16384
boot_stack_top:

// One stub for each vector, 16 bytes each: it makes all frames alike, with an error code or a zero in its place, and the vector.
	.text
	.align 16
	.globl stubs
stubs:
	.set vector, 0
	.rept GATES
	.align 16
	.if vector != 8 && (vector < 10 || vector > 14) && vector != 17
	push $0
	.endif
	push $vector
	jmp save_and_handle
	.set vector, vector + 1
	.endr

save_and_handle:
	pusha
	push %ds
	push %es
	mov $KERNEL_DS, %eax
	mov %eax, %ds
	mov %eax, %es
	cld
	push %esp
	call handle_interrupt
	add $4, %esp
	.globl return_from_interrupt
return_from_interrupt:
	pop %es
	pop %ds
	popa
	add $8, %esp
	iret

// SYSENTER saves nothing: the program passes its return address in EDX and its ESP in ECX. The same frame as above is built.
	.globl sysenter_entry
sysenter_entry:
	push $USER_DS
	push %ecx
	pushf
	orl $EFLAGS_IF, (%esp)
	push $USER_CS
	push %edx
	push $0
	push $0x80
	pusha
	push %ds
	push %es
	mov $KERNEL_DS, %ecx
	mov %ecx, %ds
	mov %ecx, %es
	cld
	push %esp
	call handle_interrupt
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

	.section .rodata
	.globl program_file
	.align 16
program_file:
	.incbin PROGRAM

	.section .note.GNU-stack, "", @progbits
