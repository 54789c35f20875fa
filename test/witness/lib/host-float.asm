; Runs single x87, MMX or SSE instructions on the machine that runs the tests, from ring 3: a static 32-bit ELF for Linux, assembled with
; nasm -f bin. Records come from standard input and go, changed, to standard output; their layout is host-float.ts's.
; The instruction finds ECX at the operand and everything else as the record says. A signal becomes a number in the record.

bits 32
org 0x08048000

RECORD equ 704

header:
  db 0x7f, 'ELF', 1, 1, 1, 0
  times 8 db 0
  dw 2, 3
  dd 1, _start, program - header, 0, 0
  dw 52, 32, 1, 0, 0, 0
program:
  dd 1, 0, header, header, file_end - header, memory_end - header, 7, 0x1000

_start:
  mov esi, signals
.install:
  lodsd
  test eax, eax
  jz .next
  mov ebx, eax
  push esi
  mov eax, 174                  ; rt_sigaction
  mov ecx, action
  xor edx, edx
  mov esi, 8
  int 0x80
  pop esi
  jmp .install

.next:
  mov edi, record
  mov ebp, RECORD
.read:
  mov eax, 3
  xor ebx, ebx
  mov ecx, edi
  mov edx, ebp
  int 0x80
  test eax, eax
  jle .end
  add edi, eax
  sub ebp, eax
  jnz .read

  mov esi, record.code
  mov edi, here
  mov ecx, 4
  rep movsd
  mov eax, 0
  cpuid                         ; serializes: the code was written just now
  fxrstor [record.image]
  mov [stack], esp
  mov ecx, record.operand
  mov edx, [record.edx]
  mov ebx, 0
  mov esi, 0
  mov edi, 0
  push dword [record.eflags]
  popfd
  mov eax, [record.eax]
here:
  times 16 nop
  mov [record.eax], eax
  mov [record.edx], edx
  pushfd
  pop dword [record.eflags]
  mov dword [record.signal], 0
stored:
  push 0x202
  popfd
  fxsave [record.image]
  mov eax, 4
  mov ebx, 1
  mov ecx, record
  mov edx, RECORD
  int 0x80
  jmp _start.next

_start.end:
  mov eax, 1
  xor ebx, ebx
  int 0x80

; what a signal does: its number goes into the record, execution goes on behind the instruction
handler:
  mov eax, [esp + 4]
  mov [record.signal], eax
  mov edx, [esp + 12]
  mov eax, [stack]
  mov [edx + 20 + 7 * 4], eax
  mov dword [edx + 20 + 14 * 4], stored
  ret
restorer:
  mov eax, 173                  ; rt_sigreturn
  int 0x80

align 4
signals: dd 4, 5, 7, 8, 11, 0
action: dd handler, 0x44000004, restorer, 0, 0   ; SA_SIGINFO, SA_RESTORER, SA_NODEFER
file_end:

absolute file_end
alignb 64
stack: resd 1
alignb 64
record:
.eax: resd 1
.edx: resd 1
.eflags: resd 1
.signal: resd 1
.code: resb 16
.spare: resb 32
.operand: resb 128
.image: resb 512
memory_end:
