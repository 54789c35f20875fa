; virtual.asm - virtual-8086 mode, the virtual interrupt flag and the I/O permission bit map, in every combination of what they depend on: suites
; of up to 256 cases, one line a case on port 0xE9:
;   SSII VV CODE CS IP FLAGS SP W W W     suite SS, case II: exception or INT VV with its error code (0 without one), where; EFLAGS as pushed, changed
;                                         against those the case began with; then stack pointer and three words there, with FLAGS changed alike
; expected-virtual.txt is what Bochs 2.7 prints. VIF and VIP are never both set where they count: there it executes the instruction, and a
; processor refuses it. Build: nasm -f bin virtual.asm -o virtual.img
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
TASK    equ 0x28
STACK16 equ 0x30                ; over the image, for the 16-bit TSS
V86_CS  equ 0x700
V86     equ 0x7000              ; code of the case
OWN     equ V86+0x80            ; handler of a redirected INT
V86_SS  equ 0x600
V86_SP  equ 0x100
LOW_SP  equ 0x6000+V86_SP
MAP     equ 0x88                ; I/O map base in the TSS, 32 bytes behind what is not redirected
PORTS   equ 0x130               ; ports whose bits are bent
INT_A   equ 0x60                ; its redirection bit is clear
INT_B   equ 0x61                ; and that of this one is set
VM      equ 0x20000
VIF     equ 0x80000
VIP     equ 0x100000
VME     equ 1
PVI     equ 2

start:
  cld
  lgdt [gdtr]
  jmp CODE0:.n
.n: mov ax,DATA0
  mov ds,ax
  mov es,ax
  mov ss,ax
  mov esp,stack_top
  mov ecx,0x82
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
  lidt [idtr]
  mov dword [INT_A*4],V86_CS<<16|OWN-V86
  mov dword [INT_B*4],V86_CS<<16|OWN-V86
  mov dword [index],-1
next:
  cld
  mov ax,DATA0
  mov ds,ax
  mov es,ax
  mov fs,ax
  mov gs,ax
  mov ss,ax
  mov esp,stack_top
  xor eax,eax
  mov cr4,eax
  mov word [gdt+TASK],tss_end-tss-1
  mov byte [gdt+TASK+5],0x89
  mov word [tss+102],MAP
  mov dword [tss+4],stack_top
  mov edi,tss+MAP
  mov ecx,0x120/4
  xor eax,eax
  rep stosd
  mov ax,TASK
  ltr ax
  mov edi,V86
  mov eax,0xf4f4f4f4            ; hlt: where a case ends
  mov ecx,0x100/4
  rep stosd
  mov edi,LOW_SP-0x20
  mov eax,0x5a5a5a5a
  mov ecx,0x40/4
  rep stosd
  mov edi,code3
  mov eax,0xf4f4f4f4
  mov ecx,4
  rep stosd
  mov edi,stack3_top-0x20
  mov eax,0x5a5a5a5a
  mov ecx,0x40/4
  rep stosd
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
  lea eax,[eax+eax*2]
  mov esi,[suites+eax*4+4]
  mov ebx,[index]
  jmp [suites+eax*4]
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
field: push eax                 ; a blank, then AX
  mov al,' '
  call putc
  mov eax,[esp]
  mov al,ah
  call hex2
  pop eax
  jmp hex2

; where all gates lead: on the stack the vector, then the error code of those that have one, then the frame
caught:
  mov ax,DATA0
  mov ds,ax
  mov es,ax
  pop eax
  call hex2
  cmp al,8
  je .code
  cmp al,10
  jb .none
  cmp al,14
  jbe .code
.none: push dword 0
.code: pop eax
  call field
  mov eax,[esp+4]
  call field
  mov ebp,code3
  test byte [esp+10],VM>>16
  jz .ip
  xor ebp,ebp
.ip: mov eax,[esp]
  sub eax,ebp
  call field
  mov eax,[esp+8]
  xor eax,[flags]
  and eax,0x3e7700              ; not RF, and no status flags
  call field
  shr eax,16
  call field
  mov ebp,[esp+12]
  test byte [esp+10],VM>>16
  jz .flat
  mov eax,ebp
  sub eax,V86_SP
  call field
  add ebp,V86_SS<<4
  jmp .words
.flat: mov eax,ebp
  sub eax,stack3_top
  call field
.words:
  mov ax,[ds:ebp]
  call flags_word
  mov ax,[ds:ebp+2]
  call field
  mov ax,[ds:ebp+4]
  call flags_word
  mov al,10
  call putc
  jmp next
; AX as it is, or, where it looks like FLAGS (bit 1 set, bit 15 clear), changed against those of the case
flags_word:
  test ax,0x8002
  js field
  jz field
  xor ax,[flags]
  and ax,0x7702
  jmp field

align 16
stubs:
%assign v 0
%rep 0x82
  align 16
  push dword v
  jmp caught
%assign v v+1
%endrep

; --- states: EBX is the index
; the flags of a case from its bits: 0 1 IOPL, 3 VIF, 4 VIP, 5 IF; bit 2: the extension, CR4 bit EDX
state:
  mov eax,ebx
  and eax,3
  shl eax,12
  or eax,2
  mov ecx,ebx
  and ecx,0x18
  shl ecx,16
  or eax,ecx
  mov ecx,ebx
  and ecx,0x20
  shl ecx,4
  or eax,ecx
  test bl,4
  jz .off
  mov cr4,edx
  mov ecx,ebx                   ; both set would count
  and ecx,0x18
  cmp ecx,0x18
  jne .off
  and eax,~VIP
.off: mov [flags],eax
  ret
; FLAGS for POPF and IRET in AX: bits 6 IF, 7 TF or, with it clear, NT and DF
image:
  mov ax,0x3002
  test bl,0x40
  jz .no_if
  or ax,0x200
.no_if: test bl,0x80
  jz .other
  or ax,0x100
  ret
.other: or ax,0x4400
  ret

; the instruction at ESI, its length first, in virtual-8086 mode; FLAGS, CS and IP on the stack, and FLAGS below them for POPF
in_v86:
  mov edx,VME
  call state
  mov byte [tss+MAP-32+INT_B/8],1<<(INT_B&7)
v86_code:
  movzx ecx,byte [esi]
  inc esi
  mov edi,V86
  rep movsb
  or dword [flags],VM
  call image
  mov edi,LOW_SP
  cmp byte [V86],0xcf
  je .word_frame
  cmp byte [V86],0x66
  jne .popf
  cmp byte [V86+1],0xcf
  jne .popfd
  mov dword [edi],0x40
  mov dword [edi+4],V86_CS
  mov [edi+8],ax
  mov word [edi+10],0x3e        ; VM, AC, VIF, VIP, ID
  jmp enter
.word_frame:
  mov word [edi],0x40
  mov word [edi+2],V86_CS
  mov [edi+4],ax
  jmp enter
.popfd: mov word [edi+2],0x3e
.popf: mov [edi],ax
enter:
  push dword 0
  push dword 0
  push dword V86_SS
  push dword V86_SS
  push dword V86_SS
  push dword V86_SP
  push dword [flags]
  push dword V86_CS
  push dword 0
  iret
; the same with IOPL 3 and no extension, one instruction of a list a case
in_v86_list:
  mov dword [flags],0x3002
  mov esi,[esi+ebx*4]
  jmp v86_code

; the instruction at ESI in ring 3, with PVI; an image for POPFD on the stack
in_ring3:
  mov edx,PVI
  call state
ring3_code:
  movzx ecx,byte [esi]
  inc esi
  mov edi,code3
  rep movsb
  call image
  mov [stack3_top],ax
  mov word [stack3_top+2],0x3c  ; AC, VIF, VIP, ID
enter3:
  push dword DATA3
  push dword stack3_top
  push dword [flags]
  push dword CODE3
  push dword code3
  mov ax,DATA3
  mov ds,ax
  mov es,ax
  iret

; I/O: the bits of PORTS and the eight behind them from the index; port PORTS + CL, instruction at ESI, in ring 3 with IOPL 0
map_bits:
  mov [tss+MAP+PORTS/8],bl
  mov eax,ebx
  rol al,3
  mov [tss+MAP+PORTS/8+1],al
  ret
io_ring3:
  call map_bits
  mov dword [flags],2
  call port_of
  jmp ring3_io
io_v86:
  call map_bits
  mov dword [flags],0x3002
  call port_of
  jmp v86_code_io
io_16bit_tss:                   ; its stack of ring 0 lies elsewhere
  mov word [tss+2],stack_top-base
  mov word [tss+4],STACK16
  and byte [gdt+TASK+5],0xf0
  or byte [gdt+TASK+5],1
  mov ax,TASK
  ltr ax
  jmp io_ring3
io_limit:                       ; the TSS ends near the byte of PORTS
  lea eax,[ebx+MAP+PORTS/8-0x10]
  call new_limit
  mov dword [flags],2
  call port_of
  jmp ring3_io
io_base:                        ; the map begins anywhere
  mov eax,ebx
  shl eax,2
  mov [tss+102],ax
  mov dword [flags],2
  call port_of
  jmp ring3_io
io_base_v86:
  mov eax,ebx
  shl eax,8
  mov al,bl
  mov [tss+102],ax
  mov dword [flags],0x3002
  call port_of
  jmp v86_code_io
io_short:                       ; the TSS ends before its I/O map base, but not before the stack of ring 0
  lea eax,[ebx+16]
  call new_limit
  mov dword [flags],2
  call port_of
  jmp ring3_io
new_limit:
  mov [gdt+TASK],ax
  and byte [gdt+TASK+5],0xfd
  mov ax,TASK
  ltr ax
  ret
; first byte at ESI: which of the ports
port_of:
  movzx edx,byte [esi]
  inc esi
  add edx,PORTS
  mov [port],edx
  ret
ring3_io:
  movzx ecx,byte [esi]
  inc esi
  mov edi,code3
  rep movsb
  mov edx,[port]
  mov esi,stack3_top-0x40
  mov edi,esi
  jmp enter3
v86_code_io:
  movzx ecx,byte [esi]
  inc esi
  mov edi,V86
  rep movsb
  or dword [flags],VM
  mov edx,[port]
  mov esi,0x80
  mov edi,esi
  jmp enter
; redirection: the map's place and the TSS's limit
redirect_limit:
  lea eax,[ebx+MAP-0x40]
  call new_limit
  mov eax,VME
  mov cr4,eax
  mov dword [flags],2
  jmp v86_code
redirect_base:
  mov eax,ebx
  shl eax,1
  mov [tss+102],ax
  mov eax,VME
  mov cr4,eax
  mov dword [flags],2
  jmp v86_code
redirect_vector:                ; every vector, of which every third is the monitor's
  mov edi,tss+MAP-32
  mov ecx,32/4
.m: mov dword [edi],0x49249249
  add edi,4
  loop .m
  mov eax,VME
  mov cr4,eax
  mov dword [flags],0x3002
  mov dword [V86],0xf4f400cd
  mov [V86+1],bl
  mov dword [ebx*4],V86_CS<<16|OWN-V86
  or dword [flags],VM
  jmp enter

%macro bytes 2+                 ; name, bytes
%1: db %%end-%%first
%%first: db %2
%%end:
%endmacro
bytes b_cli, 0xfa
bytes b_sti, 0xfb
bytes b_pushf, 0x9c
bytes b_pushfd, 0x66, 0x9c
bytes b_popf, 0x9d
bytes b_popfd, 0x66, 0x9d
bytes b_iret, 0xcf
bytes b_iretd, 0x66, 0xcf
bytes b_int_a, 0xcd, INT_A
bytes b_int_b, 0xcd, INT_B
bytes b_int3, 0xcc
bytes b_pushf3, 0x9c
bytes b_popf3, 0x9d
bytes b_popfw3, 0x66, 0x9d
b_in8: db 3
bytes b_in8_, 0xec
b_in16: db 3
bytes b_in16_, 0x66, 0xed
b_in16c: db 7
bytes b_in16c_, 0x66, 0xed
b_in32: db 5
bytes b_in32_, 0xed
b_insb: db 2
bytes b_insb_, 0x6c
b_outsw: db 7
bytes b_outsw_, 0x66, 0x6f
b_in16v: db 7
bytes b_in16v_, 0xed
b_in32v: db 6
bytes b_in32v_, 0x66, 0xed
b_outsbv: db 1
bytes b_outsbv_, 0x6e
b_first: db 0
bytes b_first_, 0xec
b_last: db 7
bytes b_last_, 0xec
bytes l0, 0x63, 0xc0
bytes l1, 0x0f, 0x02, 0xc0
bytes l2, 0x0f, 0x03, 0xc0
bytes l3, 0x0f, 0x00, 0xc0
bytes l4, 0x0f, 0x00, 0xc8
bytes l5, 0x0f, 0x00, 0xd0
bytes l6, 0x0f, 0x00, 0xd8
bytes l7, 0x0f, 0x00, 0xe0
bytes l8, 0x0f, 0x00, 0xe8
bytes l9, 0x0f, 0x01, 0xf0
bytes l10, 0xf4
bytes l11, 0x0f, 0x06
bytes l12, 0x0f, 0x20, 0xc0
bytes l13, 0x0f, 0x22, 0xc0
bytes l14, 0x0f, 0x21, 0xc0
bytes l15, 0x0f, 0x23, 0xc0
bytes l16, 0x0f, 0x08
bytes l17, 0x0f, 0x09
bytes l18, 0x0f, 0x30
bytes l19, 0x0f, 0x32
bytes l20, 0x0f, 0x01, 0x16, 0, 0
bytes l21, 0x0f, 0x01, 0x1e, 0, 0
bytes l22, 0x0f, 0x01, 0x3e, 0, 0
bytes l23, 0xce
bytes l24, 0xcc
bytes l25, 0x0f, 0x01, 0xe0
bytes l26, 0x0f, 0x35
bytes l27, 0xf0, 0x90
bytes l28, 0x0f, 0x31
bytes l29, 0x0f, 0xa2
bytes l30, 0x62, 0xc0
bytes l31, 0x0f, 0x0b
list:
%assign n 0
%rep 32
  dd l%[n]
  %assign n n+1
%endrep

align 4
suites:                         ; act, instruction, cases
  dd in_v86, b_cli, 64
  dd in_v86, b_sti, 64
  dd in_v86, b_pushf, 64
  dd in_v86, b_pushfd, 64
  dd in_v86, b_popf, 256
  dd in_v86, b_popfd, 256
  dd in_v86, b_iret, 256
  dd in_v86, b_iretd, 256
  dd in_v86, b_int_a, 64
  dd in_v86, b_int_b, 64
  dd in_v86, b_int3, 64
  dd in_v86_list, list, 32
  dd in_ring3, b_cli, 64
  dd in_ring3, b_sti, 64
  dd in_ring3, b_pushf3, 64
  dd in_ring3, b_popf3, 256
  dd in_ring3, b_popfw3, 256
  dd io_ring3, b_in8, 256
  dd io_ring3, b_in16, 256
  dd io_ring3, b_in16c, 256
  dd io_ring3, b_in32, 256
  dd io_ring3, b_insb, 256
  dd io_ring3, b_outsw, 256
  dd io_v86, b_in8, 256
  dd io_v86, b_in16v, 256
  dd io_v86, b_in32v, 256
  dd io_v86, b_outsbv, 256
  dd io_16bit_tss, b_in8, 16
  dd io_limit, b_first, 32
  dd io_limit, b_last, 32
  dd io_limit, b_in32, 32
  dd io_base, b_first, 256
  dd io_base_v86, b_first, 256
  dd io_short, b_first, 160
  dd redirect_limit, b_int_a, 128
  dd redirect_base, b_int_a, 256
  dd redirect_vector, b_int_a, 256
suites_end:
NSUITES equ (suites_end-suites)/12
align 16
code3: times 16 db 0
gdtr: dw gdt_end-gdt-1
  dd gdt
idtr: dw 0x82*8-1
  dd idt

align 4096                      ; tables in use, what is written often and code in pages of their own
gdt:
  dq 0
  dq 0x00cf9b000000ffff
  dq 0x00cf93000000ffff
  dq 0x00cffb000000ffff
  dq 0x00cff3000000ffff
  dw 0, tss-base
  dd 0x00008910
  dw 0xffff, 0
  dd 0x00409310
gdt_end:
align 16
idt: times 0x82*8 db 0
align 16
tss: dd 0, stack_top, DATA0
  times 22 dd 0
  dw 0, MAP
  times 0x200 db 0
tss_end:
align 4096
suite: dd 0
index: dd 0
flags: dd 0
port: dd 0
  times 0x100 db 0
stack3_top: times 0x80 db 0
  times 0x100 db 0
stack_top:
image_size equ $-base
