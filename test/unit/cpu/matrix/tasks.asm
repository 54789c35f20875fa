; tasks.asm - task switches, one byte bent at a time: suites of up to 256 cases, one line a case on port 0xE9.
; A case bends a descriptor's access byte, a selector, a limit or flags, switches by JMP, CALL, a task gate, INT or IRET, and prints:
;   SSII k ...                        dd SS, case II: control came back to the main task, by IRET or as nothing happened
;   SSII s ...                        the test task was reached and said INT 0x81
;   SSII VV CODE ...                  exception VV with its error code, in a handler task of its own (8, 10 to 14), or by a gate (others)
; then what else the switch left: see `show`. expected-tasks.txt is what Bochs 2.7 prints. Build: nasm -f bin tasks.asm -o tasks.img
bits 32
section .headers start=0 vstart=0
        db 0x7f, 'ELF', 1, 1, 1, 0
        times 8 db 0
        dw 2, 3
        dd 1, start, 52, 0, 0
        dw 52, 32, 1, 40, 0, 0
        dd 1, 0x1000, 0x100000, 0x100000, image_size, image_size, 7, 0x1000
        dd 0x1badb002, 0, -0x1badb002
section .text start=0x1000 vstart=0x100000
base:
CODE0   equ 0x08
DATA0   equ 0x10
CODE3   equ 0x1b
DATA3   equ 0x23
MAIN    equ 0x28
LDT     equ 0x30
FREE    equ 0x38                ; the bent descriptor
FREE2   equ 0x40
TASK    equ 0x48                ; the test task
GATE    equ 0x50                ; a task gate to it
STACK16 equ 0x58                ; 64 KBytes over the stacks, for 16-bit TSSs
HANDLER equ 0x60                ; six handler tasks
MAIN16  equ 0x90                ; the main task with a 16-bit TSS
BASED   equ 0x98                ; code over the image, for 16 bits of IP
GDT_END equ 0xa0
V86     equ 0x7000              ; int 0x81 for virtual-8086 tasks
NT      equ 0x4000

start:
  cld
  mov esi,gdt_template
  mov edi,gdt
  mov ecx,GDT_END/4
  rep movsd
  lgdt [gdtr]
  jmp CODE0:.n
.n: mov ax,DATA0
  mov ds,ax
  mov es,ax
  mov ss,ax
  mov esp,stack_main
  mov ecx,0x82                  ; interrupt gates of DPL 3 for all vectors, then task gates for the exceptions with error codes
  mov edi,idt
  mov esi,stubs
.i: mov eax,esi
  mov [edi],ax
  mov word [edi+2],CODE0
  mov word [edi+4],0xee00
  shr eax,16
  mov [edi+6],ax
  add edi,8
  add esi,16
  loop .i
  mov esi,handled
  mov ecx,6
  mov ebx,HANDLER
.h: movzx eax,byte [esi]
  inc esi
  mov word [idt+eax*8+2],bx
  mov word [idt+eax*8+4],0x8500
  add ebx,8
  loop .h
  mov word [idt+0x80*8+4],0xe500
  mov esi,idt+8*8
  mov edi,idt_errors
  mov ecx,7*2
  rep movsd
  lidt [idtr]
  mov dword [V86],0xf481cd      ; int 0x81; hlt
  mov dword [suite],0
  mov dword [index],-1
next:                           ; also entered at CPL 0 from any task
  cli
  cld
  mov ax,DATA0
  mov ds,ax
  mov es,ax
  mov fs,ax
  mov gs,ax
  mov ss,ax
  mov esp,stack_main
  push dword 2
  popfd
  clts
  mov esi,gdt_template
  mov edi,gdt
  mov ecx,GDT_END/4
  rep movsd
  mov esi,tss_template
  mov edi,tss_first
  mov ecx,(tss_end-tss_first)/4
  rep movsd
  mov edi,stack_first           ; what is not pushed is seen
  mov eax,0x5a5a5a5a
  mov ecx,(stack_test-stack_first)/4
  rep stosd
  mov word [idt+0x80*8+2],TASK
  mov esi,idt_errors
  mov edi,idt+8*8
  mov ecx,7*2
  rep movsd
  mov ax,LDT
  lldt ax
  mov ax,MAIN
  ltr ax
  inc dword [index]
  mov eax,[suite]
  lea eax,[eax+eax*2]
  mov ecx,[suites+eax*4+8]
  cmp [index],ecx
  jb .run
  mov dword [index],0
  inc dword [suite]
.run:
  mov eax,[suite]
  cmp eax,NSUITES
  jae finish
  mov al,[suite]
  call hex2
  mov al,[index]
  call hex2
  mov al,' '
  call putc
  mov eax,[suite]
  mov ebx,[index]
  lea eax,[eax+eax*2]
  push dword [suites+eax*4+4]
  call [suites+eax*4]
  mov dword [sum],0
  mov esi,gdt                   ; as it is now: what the switch changes is seen
  mov edi,before
  mov ecx,(tss_end-gdt)/4
  rep movsd
  mov ecx,0xc1c1c1c1
  mov ebp,0xb1b1b1b1
  xor ebx,ebx
  pop eax
  call eax
  pushfd
  pop edi
  mov al,'k'
  jmp show_here
finish:
  mov al,'.'
  call putc
  mov al,10
  call putc
  xor eax,eax
  out 0xf4,al
  cli
.h: hlt
  jmp .h

putc: push edx
  out 0xe9,al
  pop edx
  ret
hex2: push eax
  push ecx
  mov ecx,eax
  shr al,4
  call nib
  mov eax,ecx
  and al,15
  call nib
  pop ecx
  pop eax
  ret
nib: cmp al,10
  jb .d
  add al,'a'-10-'0'
.d: add al,'0'
  jmp putc
hex4: push eax
  xchg al,ah
  call hex2
  xchg al,ah
  call hex2
  pop eax
  ret
hex8: push eax
  ror eax,16
  call hex4
  ror eax,16
  call hex4
  pop eax
  ret
field: push eax                 ; a blank, then AX
  mov al,' '
  call putc
  pop eax
  jmp hex4

; where interrupt gates lead: on the stack the vector, then the frame
by_gate:
  push ds
  push dword DATA0
  pop ds
  pop dword [seen_ds]
  mov [seen_eax],eax
  mov [seen_esp],esp
  mov ax,ss
  cmp ax,STACK16
  jne .flat
  movzx esp,sp                  ; its upper half is not used
.flat:
  mov [seen_es],es
  mov [seen_fs],fs
  mov [seen_gs],gs
  pop eax
  cmp eax,0x81
  je .success
  call hex2
  cmp al,8
  jb .frame
  cmp al,14
  ja .frame
  pop eax
  call field
  jmp .frame
.success:
  mov al,'s'
  call putc
.frame:
  mov eax,[esp+4]
  call field
  mov edi,[esp+8]
  movzx eax,word [seen_ds]      ; a push may leave its upper half
  call mix
  mov eax,[seen_es]
  call mix
  mov eax,[seen_fs]
  call mix
  mov eax,[seen_gs]
  call mix
  mov ax,ss
  call mix
  mov eax,[seen_esp]
  call mix
  mov eax,[seen_eax]
  call mix
  mov eax,ecx
  call mix
  mov eax,ebp
  call mix
  jmp show

; a handler task: its number in EAX, its error code on the stack
by_task:
  cld
  call hex2
  pop eax
  call field
  call mix
  pushfd
  pop edi
  jmp show
show_here:
  call putc
  mov eax,ecx
  call mix
  mov eax,esp
  call mix
; flags EDI without status flags and RF, shifted by 12; TR; CR0.TS; which type bytes of MAIN, MAIN16 and TASK have changed, and how; the link
; of the current TSS; a sum of the registers and of what was saved in the TSSs of MAIN, TASK and MAIN16
show:
  mov eax,edi
  shr eax,12
  and eax,0x3ef
  call field
  str ax
  call field
  movzx ebx,ax
  mov eax,cr0
  and eax,8
  call hex2
  mov al,' '
  call putc
  mov al,[gdt+MAIN+5]
  xor al,[before+MAIN+5]
  call hex2
  mov al,[gdt+MAIN16+5]
  xor al,[before+MAIN16+5]
  call hex2
  mov al,[gdt+TASK+5]
  xor al,[before+TASK+5]
  call hex2
  mov al,[gdt+FREE+5]           ; accessed
  xor al,[before+FREE+5]
  call hex2
  and ebx,0xfff8
  cmp ebx,GDT_END
  jae .no_link
  mov eax,[gdt+ebx+2]
  and eax,0xffffff
  mov ax,[eax]
  call field
.no_link:
  mov esi,main+32
  mov ecx,16
  call saved
  mov esi,test_task+32
  mov ecx,16
  call saved
  mov esi,main16+14
  mov ecx,7
  call saved
  mov eax,[sum]
  call field
  shr eax,16
  call field
  mov al,10
  call putc
  jmp next
; ECX doublewords of a TSS at ESI, as far as they have changed; EFLAGS without RF and status flags
saved:
  xor edx,edx
.w: mov eax,[esi]
  xor eax,[esi+before-gdt]
  cmp esi,main+36
  je .f
  cmp esi,test_task+36
  jne .m
.f: and eax,0xfffef700
.m: call mix
  add esi,4
  loop .w
  ret
mix: rol dword [sum],5
  xor [sum],eax
  ret

align 16
stubs:
%assign v 0
%rep 0x82
  align 16
  push dword v
  jmp by_gate
%assign v v+1
%endrep
handled: db 8, 10, 11, 12, 13, 14
%macro handler_entry 1
  mov eax,%1
  jmp by_task
%endmacro
handler8: handler_entry 8
handler10: handler_entry 10
handler11: handler_entry 11
handler12: handler_entry 12
handler13: handler_entry 13
handler14: handler_entry 14

align 16
arrived:                        ; where the test task begins
  int 0x81
  hlt
arrived_iret:                   ; or here, to come back
  iret
  int 0x81
user_run: jmp edi
based:                          ; on with 16 bits of EIP and ESP
  pop eax
  sub eax,base
  mov dx,STACK16
  mov ss,dx
  sub esp,base
  push dword BASED
  push eax
  retf
flat:
  jmp CODE0:.f
.f: movzx esp,sp
  add esp,base
  mov dx,DATA0
  mov ss,dx
  ret
enter3:                         ; on to EDI in ring 3
  push dword DATA3
  push dword stack_user
  push dword 2
  push dword CODE3
  push dword user_run
  mov ax,DATA3
  mov ds,ax
  mov es,ax
  mov fs,ax
  mov gs,ax
  iret

; --- how the test task is reached
by_jmp: jmp TASK:0
by_call: call TASK:0
  ret
by_jmp_gate: jmp GATE:0
by_call_gate: call GATE|3:0
  ret
by_int: int 0x80
  ret
by_iret:
  or byte [gdt+TASK+5],2
by_link:                        ; the same, busy or not
  mov word [main],TASK
by_main_link:
  push dword NT|2
  popfd
  iret
  ret
by_call_user: mov edi,.u
  jmp enter3
.u: call TASK|3:0
  int 0x81
by_gate_user: mov edi,.u
  jmp enter3
.u: call GATE|3:0
  int 0x81
by_int_user: mov edi,.u
  jmp enter3
.u: int 0x80
  int 0x81
by_exception:                   ; #GP(0x3a8): the test task is its handler
  mov word [idt+13*8+2],TASK
  mov ax,0x3a8
  mov gs,ax
  ret
by_call16: call based           ; from a 16-bit TSS, so that what it saves leads back
  call TASK:0
  jmp flat
by_int16: call based
  int 0x80
  jmp flat

; --- what is bent
type_byte: mov [gdt+TASK+5],bl
  ret
gate_byte: mov [gdt+GATE+5],bl
  ret
main_byte: mov [gdt+MAIN+5],bl  ; what it says does not matter to the task that runs, but its busy bit is cleared
  ret
type16: call small
  mov byte [gdt+TASK+5],0x81
  and bl,0xf7
  mov [gdt+TASK+5],bl
  ret
cs_byte: mov [gdt+FREE+5],bl
  mov word [test_task+76],FREE
  ret
cs_byte3: mov [gdt+FREE+5],bl
  mov word [test_task+76],FREE|3
  mov word [test_task+80],DATA3
data3: mov eax,DATA3
  mov [test_task+72],ax
  mov [test_task+84],ax
  mov [test_task+88],ax
  mov [test_task+92],ax
  ret
cs_byte1: mov [gdt+FREE+5],bl
  mov word [test_task+76],FREE|1
  mov word [test_task+80],0x41
  mov byte [gdt+FREE2+5],0xb3
  jmp data3
ss_byte: mov [gdt+FREE+5],bl
  mov word [test_task+80],FREE
  ret
ss_byte3: mov [gdt+FREE+5],bl
  mov word [test_task+76],CODE3
  mov word [test_task+80],FREE|3
  jmp data3
ds_byte: mov [gdt+FREE+5],bl
  mov word [test_task+84],FREE
  ret
gs_byte3: test bl,0x80          ; an absent segment has DPL 3: the witness looks at DPL first
  jnz .present
  or bl,0x60
.present:
  mov [gdt+FREE+5],bl
  mov word [test_task+76],CODE3
  mov word [test_task+80],DATA3
  call data3
  mov word [test_task+92],FREE|3
  ret
ldt_byte: mov [gdt+FREE+5],bl
  mov word [test_task+96],FREE
  ret
cs_selector: and bl,0xfc        ; a wrong RPL makes SS wrong, too, and the witness looks at SS first
  mov [test_task+76],bx
  ret
ss_selector: mov [test_task+80],bx
  ret
es_selector: mov [test_task+72],bx
  ret
fs_selector3: mov word [test_task+76],CODE3
  mov word [test_task+80],DATA3
  call data3
  mov [test_task+88],bx
  ret
ldt_selector: mov [test_task+96],bx
  ret
cs_in_ldt: and bl,0xfc
  or bl,4                       ; the test task has an LDT of its own
  mov [test_task+76],bx
  mov word [test_task+96],LDT
  ret
gate_selector: mov [gdt+GATE+2],bx
  ret
int_selector: mov [idt+0x80*8+2],bx
  ret
link_selector: mov [main],bx
  ret
limit: mov [gdt+TASK],bx
  ret
limit16: call small
  mov [gdt+TASK],bx
  ret
main_limit: call interrupt_gates
  mov [gdt+MAIN],bx
  and byte [gdt+MAIN+5],0xfd
  mov ax,MAIN
  ltr ax
  ret
main16_limit: call from16
  call interrupt_gates
  mov [gdt+MAIN16],bx
  and byte [gdt+MAIN16+5],0xfd
  mov ax,MAIN16
  ltr ax
  ret
interrupt_gates:                ; no task switch is possible: exceptions come through interrupt gates
  mov esi,stubs+8*16
  mov edi,idt+8*8
  mov ecx,7
.g: mov eax,esi
  mov [edi],ax
  mov word [edi+2],CODE0
  mov word [edi+4],0x8e00
  shr eax,16
  mov [edi+6],ax
  add edi,8
  add esi,16
  loop .g
  mov ecx,0xc1c1c1c1
  ret
from16: mov ax,MAIN16           ; the main task runs with a 16-bit TSS
  ltr ax
  mov byte [gdt+MAIN+5],0x89
  ret
from16_small: call from16
  jmp small
small:                          ; the test task has a 16-bit TSS
  mov esi,task16_template
  mov edi,test_task
  mov ecx,11
  rep movsd
  mov word [gdt+TASK],43
  mov byte [gdt+TASK+5],0x81
  mov ecx,0xc1c1c1c1
  ret
comes_back: mov dword [test_task+32],arrived_iret
  ret
comes_back16: call small
  mov word [test_task+14],arrived_iret-base
  ret
from16_back: call from16
  jmp comes_back
from16_back16: call from16
  jmp comes_back16
flags_bits:                     ; IOPL NT . RF VM AC VIF from bit 12 on
  mov eax,ebx
  shl eax,12
  and eax,0x0fe7f000            ; not RF: the witness and the manual differ about the flags it is pushed with
  and eax,~0x18000
  or eax,2
  mov [test_task+36],eax
  test eax,0x20000
  jz .done
  mov dword [test_task+32],0
  mov word [test_task+76],V86>>4
  mov word [test_task+80],0x600
  mov dword [test_task+56],0xff0
  mov word [test_task+84],0x1234
  mov word [test_task+92],0xffff
.done: ret
flags_bits16: call small
  mov eax,ebx
  shl eax,12
  and eax,0x7000
  or eax,2
  mov [test_task+16],ax
  ret
main_flags:                     ; the same flags in the task that is left
  mov eax,ebx
  shl eax,12
  and eax,0x7000
  test bl,0x10
  jz .v
  or eax,0x240000
.v: push eax
  popfd
  ret
ip_limit:                       ; code segments of small limits, EIP at or behind them
  cmp bl,0x80                   ; not half an instruction within the limit: the witness has decoded it before
  jne .whole
  inc bl
.whole:
  lea eax,[arrived-base+ebx-0x80]
  mov [gdt+FREE],ax
  mov word [gdt+FREE+2],0
  mov dword [gdt+FREE+4],0x00409a10
  mov word [test_task+76],FREE
  mov dword [test_task+32],arrived-base
  ret
stack_room:                     ; an error code on a stack segment of a few bytes
  mov word [gdt+FREE],3
  mov dword [gdt+FREE+4],0x00409210
  mov word [gdt+FREE+2],stack_test-base-0x40
  mov word [test_task+80],FREE
  mov [test_task+56],ebx
  ret
stack_room16: call small
  mov word [gdt+FREE],3
  mov dword [gdt+FREE+4],0x00009210
  mov word [gdt+FREE+2],stack_test-base-0x40
  mov word [test_task+38],FREE
  mov [test_task+26],bx
  ret

align 4
suites:                         ; bend, act, cases
  dd type_byte, by_jmp, 256
  dd type_byte, by_call, 256
  dd type_byte, by_jmp_gate, 256
  dd type_byte, by_call_gate, 256
  dd type_byte, by_int, 256
  dd type_byte, by_link, 256
  dd type_byte, by_call_user, 256
  dd type_byte, by_gate_user, 256
  dd type_byte, by_int_user, 256
  dd gate_byte, by_jmp_gate, 256
  dd gate_byte, by_gate_user, 256
  dd type16, by_jmp, 256
  dd type16, by_link, 256
  dd cs_byte, by_jmp, 256
  dd cs_byte, by_int, 256
  dd cs_byte1, by_call, 256
  dd cs_byte3, by_jmp, 256
  dd ss_byte, by_jmp, 256
  dd ss_byte3, by_call, 256
  dd ds_byte, by_jmp, 256
  dd gs_byte3, by_iret, 256
  dd ldt_byte, by_jmp, 256
  dd ldt_byte, by_int, 256
  dd cs_selector, by_jmp, 256
  dd ss_selector, by_jmp, 256
  dd es_selector, by_jmp, 256
  dd fs_selector3, by_jmp, 256
  dd ldt_selector, by_call, 256
  dd cs_in_ldt, by_jmp, 256
  dd gate_selector, by_jmp_gate, 256
  dd gate_selector, by_gate_user, 256
  dd int_selector, by_int, 256
  dd int_selector, by_int_user, 256
  dd link_selector, by_main_link, 256
  dd limit, by_jmp, 112
  dd limit, by_int_user, 112
  dd limit, by_iret, 112
  dd limit16, by_call, 112
  dd main_limit, by_jmp, 112
  dd main16_limit, by_call, 112
  dd main_byte, by_jmp, 256
  dd from16, by_jmp, 1
  dd from16, by_call, 1
  dd from16, by_int, 1
  dd from16_small, by_jmp, 1
  dd from16_small, by_call_gate, 1
  dd small, by_jmp, 1
  dd small, by_int_user, 1
  dd comes_back, by_call, 1
  dd comes_back, by_int, 1
  dd comes_back16, by_call, 1
  dd from16_back, by_call16, 1
  dd from16_back16, by_int16, 1
  dd flags_bits, by_jmp, 256
  dd flags_bits, by_call, 256
  dd flags_bits, by_iret, 256
  dd flags_bits16, by_int, 8
  dd main_flags, by_jmp, 32
  dd main_flags, by_call, 32
  dd ip_limit, by_jmp, 256
  dd stack_room, by_exception, 8
  dd stack_room16, by_exception, 8
suites_end:
NSUITES equ (suites_end-suites)/12

align 16
gdt_template:
  dq 0
  dq 0x00cf9b000000ffff
  dq 0x00cf93000000ffff
  dq 0x00cffb000000ffff
  dq 0x00cff3000000ffff
  dw 0x67, main-base
  dd 0x00008910
  dw 0x1f, ldt-base
  dd 0x00008210
  dq 0x00cf92000000ffff
  dq 0x00cf92000000ffff
  dw 0x67, test_task-base
  dd 0x00008910
  dw 0, TASK
  dd 0x0000e500
  dw 0xffff, 0
  dd 0x00009310
%assign n 0
%rep 6
  dw 0x67, handlers-base+n*104
  dd 0x00008910
  %assign n n+1
%endrep
  dw 43, main16-base
  dd 0x00008110
  dw 0xffff, 0
  dd 0x00409b10
ldt:
  dq 0x00cf93000000ffff
  dq 0x00cf9b000000ffff
  dw 0x67, test_task-base
  dd 0x00008910
  dq 0x00cffb000000ffff
gdtr: dw GDT_END-1
  dd gdt
idtr: dw 0x82*8-1
  dd idt
%macro tss32 4                  ; EIP, ESP, ring 0 stack, other registers
  dd 0, %3, DATA0, 0, 0, 0, 0, 0
  dd %1, 2, %4, 0xaaaacccc, %4, %4, %2, 0xbbbb5555, %4, %4
  dd DATA0, CODE0, DATA0, DATA0, DATA0, DATA0, 0
  dw 0, 104
%endmacro
align 4
tss_template:
  tss32 0, 0, stack_main, 0
  tss32 arrived, stack_test, stack_test0, 0x77777777
  dw 0, stack_main-base, STACK16
  times 19 dw 0
%macro tss_handler 1
  tss32 handler%1, stack_handler, stack_handler, 0
%endmacro
align 4
handlers:                       ; nothing but their links is ever written
  tss_handler 8
  tss_handler 10
  tss_handler 11
  tss_handler 12
  tss_handler 13
  tss_handler 14
task16_template:                ; based segments: 16 bits of IP and SP must do
  dw 0, stack_test0-base, STACK16, 0, 0, 0, 0
  dw arrived-base, 2, 0xaaaa, 0xcccc, 0xdddd, 0xeeee, stack_test-base, 0xbbbb, 0x1111, 0x2222
  dw DATA0, BASED, STACK16, DATA0, 0

align 4096                      ; tables in use, what is written often and code in pages of their own
idt: times 0x82*8 db 0
idt_errors: times 7*8 db 0
align 16
gdt: times GDT_END db 0
tss_first:
main: times 104 db 0
test_task: times 104 db 0
main16: times 44 db 0
tss_end:
align 4096
suite: dd 0
index: dd 0
seen_ds: dd 0
seen_es: dd 0
seen_fs: dd 0
seen_gs: dd 0
seen_eax: dd 0
seen_esp: dd 0
sum: dd 0
align 16
before: times tss_end-gdt db 0
align 16
stack_first:
  times 0x80 db 0
stack_handler:
  times 0x80 db 0
stack_user:
  times 0x80 db 0
stack_test0:
  times 0x80 db 0
stack_test:
  times 0x100 db 0
stack_main:
image_size equ $-base
