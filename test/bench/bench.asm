; 64 KiB stand-alone ROM (no BIOS needed): QEMU -bios, Bochs romimage, v86 bios:
; Copies itself to 0x10000, protected mode + 2-level paging, runs tests A..G.
; bench-elf.asm includes this file with ELF defined: tests A..E as an ELF32 image that starts in protected mode.
; Output on port 0xE9:  "<X" at start of test X, ">X hhhhhhhh\n" at its end; exit via 0xF4 and 0x8900.
%ifndef NA
%define NA 30000000      ; LCG iterations
%endif
%ifndef KB
%define KB 12            ; sieve repetitions (2 MiB flags)
%endif
%ifndef NC
%define NC 1000000       ; int 0x80 round trips
%endif
%ifndef ND
%define ND 1000000       ; sysenter round trips
%endif
%ifndef NE
%define NE 512           ; x1024 page faults
%endif
%ifndef NF
%define NF 20000         ; self-modifying iterations
%endif
%ifndef NG
%define NG 256           ; x 1 MiB rep movsd
%endif
SIEVE  equ 2*1024*1024
FLAGS  equ 0x400000
PD     equ 0x20000
PT0    equ 0x21000      ; 4 PTs, 16 MiB identity
PTX    equ 0x25000      ; PT for 0x40000000
IDT    equ 0x26000
TSSB   equ 0x27000
KSTK   equ 0x2a000
USTK   equ 0x2c000
FPHYS  equ 0x800000

%ifndef ELF
section .text start=0 vstart=0x10000
bits 16
start16:
    cli
    cld
    mov ax,0xF000
    mov ds,ax
    mov ax,0x1000
    mov es,ax
    xor si,si
    xor di,di
    mov cx,0x8000
    rep movsw
    in al,0x92
    or al,2
    and al,0xFE
    out 0x92,al
    mov ax,0x1000
    mov ds,ax
    o32 lgdt [gdtr-0x10000]
    mov eax,cr0
    or al,1
    mov cr0,eax
    jmp dword 8:pm32
%endif
align 8
gdt: dq 0
     dq 0x00cf9a000000ffff   ; 08 kcode
     dq 0x00cf92000000ffff   ; 10 kdata
     dq 0x00cffa000000ffff   ; 18 ucode (1b)
     dq 0x00cff2000000ffff   ; 20 udata (23)
     dq 0x0000890000000067 | (TSSB & 0xffff)<<16 | ((TSSB>>16)&0xff)<<32 ; 28 tss
gdtr: dw 47
      dd gdt
idtr: dw 0x7ff
      dd IDT
bits 32
puth: ; eax -> hex on e9
    pusha
    mov ebx,eax
    mov ecx,8
.l: rol ebx,4
    mov al,bl
    and al,15
    cmp al,10
    sbb al,0x69
    das
    out 0xE9,al
    loop .l
    mov al,10
    out 0xE9,al
    popa
    ret
%macro MARK 2
    push eax
    mov al,%1
    out 0xE9,al
    mov al,%2
    out 0xE9,al
    pop eax
%endmacro
setgate: ; eax handler, ebx vector, cl = type byte (8e/ee)
    lea edi,[IDT+ebx*8]
    mov [edi],ax
    mov word [edi+2],8
    mov byte [edi+4],0
    mov [edi+5],cl
    shr eax,16
    mov [edi+6],ax
    ret
pm32:
    mov ax,0x10
    mov ds,ax
    mov es,ax
    mov ss,ax
    mov fs,ax
    mov gs,ax
    mov esp,KSTK
    ; clear 0x20000..0x2a000
    mov edi,PD
    xor eax,eax
    mov ecx,(0x29000-PD)/4
    rep stosd
    mov edi,PT0
    mov eax,7
    mov ecx,4096
.pt: mov [edi],eax
    add edi,4
    add eax,0x1000
    dec ecx
    jnz .pt
    mov dword [PD+0],PT0+7
    mov dword [PD+4],PT0+0x1000+7
    mov dword [PD+8],PT0+0x2000+7
    mov dword [PD+12],PT0+0x3000+7
    mov dword [PD+0x400],PTX+7
    mov eax,int80
    mov ebx,0x80
    mov cl,0xee
    call setgate
    mov eax,int81
    mov ebx,0x81
    mov cl,0xee
    call setgate
    mov eax,pf
    mov ebx,14
    mov cl,0x8e
    call setgate
    mov eax,bad
    mov ebx,13
    mov cl,0x8e
    call setgate
    mov eax,bad
    mov ebx,8
    mov cl,0x8e
    call setgate
    mov eax,bad
    mov ebx,6
    mov cl,0x8e
    call setgate
    lidt [idtr]
    mov dword [TSSB+4],KSTK
    mov dword [TSSB+8],0x10
    mov word [TSSB+0x66],0x68
    mov ax,0x28
    ltr ax
    mov eax,PD
    mov cr3,eax
    mov eax,cr0
    or eax,0x80010000
    mov cr0,eax
    jmp .pg
.pg:
    ; ---- A
    MARK '<','A'
    mov eax,12345
    xor ebx,ebx
    xor esi,esi
    mov ecx,NA
align 16
.a: imul eax,eax,1664525
    add eax,1013904223
    test eax,0x10000
    jz .a1
    inc ebx
    xor ebx,eax
.a1: cmp eax,ebx
    jb .a2
    add esi,ebx
.a2: dec ecx
    jnz .a
    lea eax,[ebx+esi]
    MARK '>','A'
    call puth
    ; ---- B
    MARK '<','B'
    mov dword [repc],KB
    xor ebp,ebp
.b: mov edi,FLAGS
    mov eax,0x01010101
.b1: mov [edi],eax
    add edi,4
    cmp edi,FLAGS+SIEVE
    jb .b1
    mov ebx,2
.b2: cmp byte [FLAGS+ebx],0
    je .b4
    lea edi,[FLAGS+ebx*2]
    cmp edi,FLAGS+SIEVE
    jae .b4
.b3: mov byte [edi],0
    add edi,ebx
    cmp edi,FLAGS+SIEVE
    jb .b3
.b4: inc ebx
    cmp ebx,1449
    jb .b2
    mov edi,FLAGS+2
.b5: movzx eax,byte [edi]
    add ebp,eax
    inc edi
    cmp edi,FLAGS+SIEVE
    jb .b5
    dec dword [repc]
    jnz .b
    mov eax,ebp
    MARK '>','B'
    call puth
    ; ---- C
    MARK '<','C'
    mov dword [cnt],0
    push dword 0x23
    push dword USTK
    push dword 2
    push dword 0x1b
    push dword userC
    mov ax,0x23
    mov ds,ax
    mov es,ax
    iret
align 16
userC: mov ecx,NC
.l: int 0x80
    dec ecx
    jnz .l
    mov eax,afterC
    int 0x81
align 16
int80: inc dword [cnt]
    iret
int81: ; eax = kernel continuation
    mov bx,0x10
    mov ds,bx
    mov es,bx
    mov esp,KSTK
    jmp eax
afterC:
    mov eax,[cnt]
    MARK '>','C'
    call puth
    ; ---- D
    mov ecx,0x174
    mov eax,8
    xor edx,edx
    wrmsr
    mov ecx,0x175
    mov eax,KSTK
    wrmsr
    mov ecx,0x176
    mov eax,sysent
    wrmsr
    MARK '<','D'
    mov dword [cnt],0
    push dword 0x23
    push dword USTK
    push dword 2
    push dword 0x1b
    push dword userD
    mov ax,0x23
    mov ds,ax
    mov es,ax
    iret
align 16
userD: mov ebx,ND
.l: mov ecx,esp
    mov edx,.r
    sysenter
.r: dec ebx
    jnz .l
    mov eax,afterD
    int 0x81
align 16
sysent: inc dword [cnt]
    sysexit
afterD:
    mov eax,[cnt]
    MARK '>','D'
    call puth
    ; ---- E
    MARK '<','E'
    mov dword [cnt],0
    mov dword [repc],NE
    xor ebx,ebx
.e: mov edi,PTX
    xor eax,eax
    mov ecx,1024
.e0: mov [edi],eax
    add edi,4
    dec ecx
    jnz .e0
    mov eax,cr3
    mov cr3,eax
    mov esi,0x40000000
.e1: mov eax,[esi]
    add ebx,eax
    add esi,0x1000
    cmp esi,0x40400000
    jb .e1
    dec dword [repc]
    jnz .e
    mov eax,[cnt]
    MARK '>','E'
    call puth
%ifdef ELF
    jmp fin
%else
    jmp testF
%endif
align 16
pf: push eax
    push edx
    mov eax,cr2
    mov edx,eax
    shr edx,12
    and edx,0x3ff
    and eax,0x3ff000
    add eax,FPHYS+7
    mov [PTX+edx*4],eax
    inc dword [cnt]
    pop edx
    pop eax
    add esp,4
    iret
bad: mov al,'!'
    out 0xE9,al
    mov eax,[esp]
    call puth
    jmp fin
%ifndef ELF
testF:
    MARK '<','F'
    mov ecx,NF
    xor ebx,ebx
    mov dword [.p+1],0
    jmp .l
align 16
.l: inc dword [.p+1]
.p: mov eax,0
    add ebx,eax
    dec ecx
    jnz .l
    mov eax,ebx
    MARK '>','F'
    call puth
    MARK '<','G'
    mov dword [repc],NG
.g: mov esi,0x400000
    mov edi,0x600000
    mov ecx,0x40000
    rep movsd
    dec dword [repc]
    jnz .g
    mov eax,[repc]
    MARK '>','G'
    call puth
%endif
fin:
    mov al,'.'
    out 0xE9,al
    mov al,10
    out 0xE9,al
    mov al,0
    out 0xF4,al
    mov esi,.s
    mov dx,0x8900
    mov ecx,8
.o: lodsb
    out dx,al
    loop .o
.h: hlt
    jmp .h
.s: db 'Shutdown'
align 4
cnt: dd 0
repc: dd 0
%ifndef ELF
    times 0xFFF0-($-$$) db 0xF4
bits 16
    jmp 0xF000:0
    times 0x10000-($-$$) db 0
%endif
