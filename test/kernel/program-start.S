// The program's beginning, its system calls both ways, and where its faults arrive.
// A call takes its number in EAX and arguments in EBX, ESI, EDI; SYSENTER needs ECX and EDX for the way back.

	.text
	.globl program_start
program_start:
	xor %ebp, %ebp
	push %eax
	call program_main
	mov %eax, %ebx
	mov $1, %eax
	int $0x80
	ud2

// uint32_t call_by_int(uint32_t number, uint32_t a, uint32_t b)
	.globl call_by_int
call_by_int:
	push %ebx
	push %esi
	mov 12(%esp), %eax
	mov 16(%esp), %ebx
	mov 20(%esp), %esi
	int $0x80
	pop %esi
	pop %ebx
	ret

// uint32_t call_by_sysenter(uint32_t number, uint32_t a, uint32_t b)
	.globl call_by_sysenter
call_by_sysenter:
	push %ebx
	push %esi
	mov 12(%esp), %eax
	mov 16(%esp), %ebx
	mov 20(%esp), %esi
	mov %esp, %ecx
	mov $1f, %edx
	sysenter
1:	pop %esi
	pop %ebx
	ret

// uint32_t attempt(void (*code)(void), struct fault *fault): runs code; 1 and the fault's particulars when it faulted, else 0.
	.globl attempt
attempt:
	push %ebp
	push %ebx
	push %esi
	push %edi
	mov %esp, attempt_esp
	call *20(%esp)
	xor %eax, %eax
attempt_done:
	pop %edi
	pop %esi
	pop %ebx
	pop %ebp
	ret

// The kernel comes here with vector, error code, address and EIP in EAX, EBX, ECX, EDX.
	.globl fault_handler
fault_handler:
	mov attempt_esp, %esp
	mov 24(%esp), %esi
	mov %eax, (%esi)
	mov %ebx, 4(%esi)
	mov %ecx, 8(%esi)
	mov $1, %eax
	jmp attempt_done

	.bss
	.align 4
attempt_esp:
	.skip 4

	.section .note.GNU-stack, "", @progbits
