// float.c as a program for Linux: characters go to standard output.
	.text
	.globl _start
_start:
	and $-16, %esp
	call run
	mov $1, %eax
	xor %ebx, %ebx
	int $0x80

	.globl put
put:
	push %ebx
	mov $4, %eax
	mov $1, %ebx
	lea 8(%esp), %ecx
	mov $1, %edx
	int $0x80
	pop %ebx
	ret
	.section .note.GNU-stack, "", @progbits
