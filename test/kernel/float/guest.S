// float.c on the bare processor: SSE is enabled, characters go to COM1, the end is a write to port F4.
	.section .multiboot, "a"
	.align 4
	.long 0x1badb002, 0, -0x1badb002

	.text
	.globl kernel_start
kernel_start:
	mov $stack_top, %esp
	mov %cr0, %eax
	and $~4, %eax			// EM
	or $2, %eax			// MP
	mov %eax, %cr0
	mov %cr4, %eax
	or $0x600, %eax			// OSFXSR, OSXMMEXCPT
	mov %eax, %cr4
	fninit
	call run
	mov $0, %eax
	out %eax, $0xf4
1:	cli
	hlt
	jmp 1b

	.globl put
put:
	mov 4(%esp), %al
	mov $0x3f8, %dx
	out %al, %dx
	ret

	.bss
	.align 16
	.skip 16384
stack_top:
	.section .note.GNU-stack, "", @progbits
