; tour32 - a boot sector's way through everything 32-bit protection has: one letter for each step, a triple fault at the end.
; Boots from a BIOS floppy/disk image, exercises the privilege transitions and
; faults an x86 debugger must display, then triple-faults on purpose.
; Output: COM1 (0x3f8) and port 0xe9.
; Build: nasm -f bin -I traces/ -o traces/tour32.img traces/tour32.asm   (or npm run traces); padded to a 1.44 MB diskette
; Steps (letter printed when step completes):
;   A enter PM   B paging on   C in ring 3
;   D int 0x80   E sysenter/sysexit   F call gate + retf
;   G demand #PF (user write, absent)   H user read of supervisor page (#PF e=5)
;   I ring0 write of RO page, WP=1 (#PF e=3)
;   J #GP(0) privileged insn  K #GP(sel) bad segment load  L #GP(IDT) int 0x0d from r3
;   M #UD  N #DE  O #BP  P #DB (TF)  Q hardware timer IRQ taken in ring 3
;   R task switch (call TSS) and iret back   S vm86 round trip
;   T MSR write/read + bad MSR #GP   U #NP  V #SS  W stack #PF
;   X double fault through a task gate  Z about to triple fault
org 0x7c00
bits 16
%define SECTORS 32
start:
    jmp 0:.z
.z: cli
    xor ax,ax
    mov ds,ax
    mov es,ax
    mov ss,ax
    mov sp,0x7c00
    mov [bootdrv],dl
    ; read SECTORS sectors one by one (CHS) to 0x7e00
    mov si,1                ; LBA
    mov bx,0x7e00
.rd:
    mov ax,si
    xor dx,dx
    mov cx,18
    div cx                  ; ax=track index, dx=sector-1
    mov cl,dl
    inc cl
    mov dh,al
    and dh,1
    shr ax,1
    mov ch,al
    mov dl,[bootdrv]
    mov ax,0x0201
    int 0x13
    jc .rd
    add bx,512
    inc si
    cmp si,SECTORS+1
    jb .rd
    in al,0x92
    or al,2
    and al,0xfe
    out 0x92,al
    cli
    lgdt [gdtr]
    mov eax,cr0
    or al,1
    mov cr0,eax
    jmp 0x08:pm32
bootdrv: db 0
    times 510-($-$$) db 0
    dw 0xaa55

bits 32
%macro PUTC 1
    push eax
    push edx
    mov al,%1
    call putc
    pop edx
    pop eax
%endmacro

KCODE equ 0x08
KDATA equ 0x10
UCODE equ 0x18|3
UDATA equ 0x20|3
TSSSEL equ 0x28
CGATE equ 0x30|3
TSS2SEL equ 0x38
DFTSS equ 0x40
NPDATA equ 0x48|3

; physical layout
PD    equ 0x9000+0x8000      ; 0x11000
PT0   equ PD+0x1000
PT1   equ PD+0x2000
USTK  equ 0x21000            ; user stack top (page 0x20000)
VM86P equ 0x22000            ; vm86 code page
ROPG  equ 0x23000            ; read only page
DEMAND equ 0x00401000        ; demand page
DEMPH equ 0x24000            ; physical page given on demand
KSTK  equ 0x1f000
DFSTK equ 0x1e000
T2STK equ 0x1d000
BADSTK equ 0x00800000        ; PDE absent

pm32:
    mov ax,KDATA
    mov ds,ax
    mov es,ax
    mov fs,ax
    mov gs,ax
    mov ss,ax
    mov esp,KSTK
    ; serial 115200
    mov dx,0x3f9
    xor al,al
    out dx,al
    PUTC 'A'
    ; page tables
    cld
    mov edi,PD
    xor eax,eax
    mov ecx,3*1024
    rep stosd
    mov dword [PD],PT0|7
    mov dword [PD+4],PT1|7
    mov edi,PT0
    mov eax,3
    mov ecx,1024
.pt: stosd
    add eax,0x1000
    loop .pt
    ; user pages: code 0x7000-0x10fff (our image), stack, vm86 page
    mov edi,PT0+7*4
    mov ecx,10                 ; 0x7000..0x10fff
.u: or dword [edi],4
    add edi,4
    loop .u
    or dword [PT0+0x20*4],4
    or dword [PT0+0x22*4],4
    and dword [PT0+(ROPG>>12)*4],~2
    mov eax,PD
    mov cr3,eax
    mov eax,cr0
    or eax,0x80010000          ; PG|WP
    mov cr0,eax
    PUTC 'B'
    ; IDT
    lidt [idtr]
    ; PIC remap 0x20/0x28, only IRQ0
    mov al,0x11
    out 0x20,al
    out 0xa0,al
    mov al,0x20
    out 0x21,al
    mov al,0x28
    out 0xa1,al
    mov al,4
    out 0x21,al
    mov al,2
    out 0xa1,al
    mov al,1
    out 0x21,al
    out 0xa1,al
    mov al,0xff                ; all masked for now
    out 0x21,al
    out 0xa1,al
    ; TSSes
    mov dword [tss+4],KSTK
    mov dword [tss+8],KDATA
    mov dword [tss+0x1c],PD    ; CR3 is not saved by a task switch: must be preset
    mov word [tss+0x66],104
    mov ax,TSSSEL
    ltr ax
    ; MSRs for SYSENTER
    mov ecx,0x174
    mov eax,KCODE
    xor edx,edx
    wrmsr
    mov ecx,0x175
    mov eax,KSTK-0x800
    wrmsr
    mov ecx,0x176
    mov eax,sysenter_entry
    wrmsr
    ; CR4 write (set PSE|PGE then leave)
    mov eax,cr4
    or eax,0x90
    mov cr4,eax
    ; to ring 3
    push dword UDATA
    push dword USTK
    push dword 0x2            ; IF=0 in ring3 at first
    push dword UCODE
    push dword user_main
    iret

; -------------------------------------------------- ring 3
align 16
user_main:
    mov ax,UDATA
    mov ds,ax
    mov es,ax
    mov eax,'C'
    int 0x80
    mov eax,'D'
    int 0x80
    ; E sysenter: edx=return eip, ecx=return esp
    mov ecx,esp
    mov edx,.after_se
    mov eax,'E'
    sysenter
.after_se:
    ; F call gate
    call CGATE:0
    ; G demand page
    mov dword [DEMAND],0x12345678
    mov eax,'G'
    int 0x80
    ; H read supervisor page -> #PF e=5, handler skips the 5-byte insn
resume_h:
    mov eax,[0x1f000]          ; a1 moffs32 = 5 bytes
    mov eax,'H'
    int 0x80
    ; I ring-0 write to RO page (service 0x100)
    mov eax,0x100
    int 0x80
    mov eax,'I'
    int 0x80
    ; J privileged
    hlt                        ; 1 byte, #GP(0)
    mov eax,'J'
    int 0x80
    ; K load kernel data selector in r3
    mov bx,KDATA
    mov fs,bx                  ; 2 bytes 8e e3, #GP(0x10)
    mov eax,'K'
    int 0x80
    ; L int 0x0d, DPL0 gate: #GP(0x6a)
    int 0x0d                   ; 2 bytes
    mov eax,'L'
    int 0x80
    ; M
    ud2
    mov eax,'M'
    int 0x80
    ; N
    xor edx,edx
    xor ecx,ecx
    div ecx                    ; f7 f1, 2 bytes
    mov eax,'N'
    int 0x80
    ; O
    int3
    mov eax,'O'
    int 0x80
    ; P TF
    pushfd
    or dword [esp],0x100
    popfd
    nop
    mov eax,'P'
    int 0x80
    ; Q: unmask timer via service 0x101, wait for tick
    mov eax,0x101
    int 0x80
.wt: cmp dword [ticks],2
    jb .wt
    mov eax,0x102              ; mask again
    int 0x80
    mov eax,'Q'
    int 0x80
    ; R: task switch service
    mov eax,0x103
    int 0x80
    mov eax,'R'
    int 0x80
    ; S: vm86
    mov eax,0x104
    int 0x80
    mov eax,'S'
    int 0x80
    ; T: MSR
    mov eax,0x105
    int 0x80
    mov eax,'T'
    int 0x80
    ; U: #NP
    mov bx,NPDATA
    mov gs,bx                  ; 8e eb #NP(0x48)
    mov eax,'U'
    int 0x80
    ; V: #SS via bp limit - load a not-present stack segment
    mov bx,NPDATA
    mov ss,bx                  ; #SS(0x48), 2 bytes
    mov eax,'V'
    int 0x80
    ; W: stack #PF (user push to absent page)
    mov esi,esp
    mov esp,BADSTK
    push eax                   ; 1 byte, #PF e=6 skip by handler
    mov esp,esi
    mov eax,'W'
    int 0x80
    ; X/Z: the end
    mov eax,0x106
    int 0x80
.hang: jmp .hang

; -------------------------------------------------- ring 0
putc:                          ; al
    out 0xe9,al
    push eax
    mov dx,0x3fd
.w: in al,dx
    test al,0x20
    jz .w
    pop eax
    mov dx,0x3f8
    out dx,al
    ret

int80:
    cmp eax,0x100
    jb .pc
    je .ro
    cmp eax,0x101
    je .unmask
    cmp eax,0x102
    je .mask
    cmp eax,0x103
    je .task
    cmp eax,0x104
    je .vm86
    cmp eax,0x105
    je .msr
    jmp final
.pc: call putc
    iret
.ro:mov byte [ROPG],1          ; c6 05 .. 7 bytes, #PF e=3
    nop
    iret
.unmask:
    mov al,0x36
    out 0x43,al
    mov al,0x00
    out 0x40,al
    mov al,0x10
    out 0x40,al
    mov al,0xfe
    out 0x21,al
    or dword [esp+8],0x200
    iret
.mask:
    mov al,0xff
    out 0x21,al
    and dword [esp+8],~0x200
    iret
.task:
    call TSS2SEL:0             ; task switch, comes back by iret with NT
    iret
.vm86:
    ; remember where to go back
    mov eax,[esp]
    mov [v86ret],eax
    mov eax,[esp+12]
    mov [v86esp],eax
    mov dword [VM86P],0x21cd9090   ; nop nop int 21h
    push dword 0               ; gs
    push dword 0               ; fs
    push dword 0x1234          ; ds
    push dword 0               ; es
    push dword 0x2000          ; ss
    push dword 0x0ff0          ; sp
    push dword 0x20002         ; VM=1, IOPL 0
    push dword VM86P>>4        ; cs
    push dword 0               ; ip
    iret
.msr:
    mov ecx,0x176
    rdmsr
    mov ecx,0x12345678
    rdmsr                      ; 2 bytes #GP(0)
    mov eax,cr3
    mov cr3,eax
    iret

sysenter_entry:
    push edx
    push ecx
    call putc
    pop ecx
    pop edx
    sysexit

gate_entry:
    mov al,'F'
    call putc
    retf

; exceptions
%macro EXC_NOERR 1
exc%1: push dword 0
    push dword %1
    jmp exc_common
%endmacro
%macro EXC_ERR 1
exc%1: push dword %1
    jmp exc_common
%endmacro
EXC_NOERR 0
EXC_NOERR 1
EXC_NOERR 2
EXC_NOERR 3
EXC_NOERR 4
EXC_NOERR 5
EXC_NOERR 6
EXC_NOERR 7
EXC_ERR 10
EXC_ERR 11
EXC_ERR 12
EXC_ERR 13
EXC_ERR 14
EXC_NOERR 16
EXC_ERR 17
EXC_NOERR 18
EXC_NOERR 19

exc_common:
    pushad                     ; vec at esp+32, err +36, eip +40, cs +44, efl +48
    mov ax,KDATA
    mov ds,ax
    mov es,ax
    mov eax,[esp+32]
    test dword [esp+48],0x20000
    jnz .v86
    cmp eax,14
    je .pf
    cmp eax,1
    je .db
    cmp eax,3
    je .done
    mov ecx,2                  ; default: skip 2 bytes
    cmp eax,13
    jne .skip
    mov ebx,[esp+40]
    cmp byte [ebx],0xf4        ; hlt
    jne .skip
    mov ecx,1
.skip:
    add [esp+40],ecx
.done:
    mov ax,UDATA               ; restore user ds unless returning to ring0
    test dword [esp+44],3
    jz .k
    mov ds,ax
    mov es,ax
.k: popad
    add esp,8
    iret
.db:and dword [esp+48],~0x100
    jmp .done
.pf:mov eax,cr2
    cmp eax,DEMAND
    je .map
    mov ecx,5                  ; H: 5-byte mov
    cmp eax,0x1f000
    je .skip
    mov ecx,7
    cmp eax,ROPG
    je .skip
    mov ecx,1                  ; W: push
    jmp .skip
.map:
    mov dword [PT1+4],DEMPH|7
    invlpg [DEMAND]
    jmp .done
.v86:
    ; leave vm86: build a ring-3 frame
    mov esp,KSTK-0x100
    push dword UDATA
    push dword [v86esp]
    push dword 2
    push dword UCODE
    push dword [v86ret]
    mov ax,UDATA
    mov ds,ax
    mov es,ax
    iret

irq0:
    push eax
    inc dword [ss:ticks]
    mov al,0x20
    out 0x20,al
    pop eax
    iret

task2:
    mov al,'r'
    call putc
    iret                       ; NT set: back to caller
    jmp task2

df_task:
    pop eax                    ; error code
    mov al,'X'
    call putc
    mov al,'Z'
    call putc
    mov al,10
    call putc
    lidt [idtr0]
    int3                       ; -> #GP -> #DF -> triple
    hlt

final:
    ; make #PF gate not present, then fault: #PF -> #NP -> #DF (task gate)
    mov byte [idt+14*8+5],0x0e
    mov eax,[BADSTK]
    hlt

; -------------------------------------------------- data
align 8
ticks: dd 0
v86ret: dd 0
v86esp: dd 0
idtr0: dw 0
       dd 0
align 8
gdt:
    dq 0
    dq 0x00cf9a000000ffff
    dq 0x00cf92000000ffff
    dq 0x00cffa000000ffff
    dq 0x00cff2000000ffff
    ; TSS 0x28
    dw 103
    dw tss
    db 0,0x89,0,0
    ; call gate 0x30, DPL3, 0 params
    dw gate_entry
    dw KCODE
    db 0,0xec
    dw 0
    ; TSS2 0x38
    dw 103
    dw tss2
    db 0,0x89,0,0
    ; DFTSS 0x40
    dw 103
    dw dftss
    db 0,0x89,0,0
    dq 0x00cf72000000ffff      ; 0x48 data DPL3 not present
gdt_end:
gdtr: dw gdt_end-gdt-1
      dd gdt
%macro IGATE 2                 ; handler, access
    dw (%1-$$+0x7c00)
    dw KCODE
    db 0,%2
    dw 0
%endmacro
%macro NOGATE 0
    dq 0
%endmacro
align 8
idt:
    IGATE exc0,0x8e
    IGATE exc1,0x8e
    IGATE exc2,0x8e
    IGATE exc3,0xee
    IGATE exc4,0xee
    IGATE exc5,0x8e
    IGATE exc6,0x8e
    IGATE exc7,0x8e
    dw 0, DFTSS                ; 8: task gate
    db 0,0x85
    dw 0
    NOGATE
    IGATE exc10,0x8e
    IGATE exc11,0x8e
    IGATE exc12,0x8e
    IGATE exc13,0x8e
    IGATE exc14,0x8e
    NOGATE
    IGATE exc16,0x8e
    IGATE exc17,0x8e
    IGATE exc18,0x8e
    IGATE exc19,0x8e
    times 12 dq 0
    IGATE irq0,0x8e            ; 0x20
    times 0x5f dq 0
    IGATE int80,0xee           ; 0x80
idt_end:
idtr: dw idt_end-idt-1
      dd idt
align 16
tss:  times 104 db 0
align 16
tss2: dd 0,0,0,0,0,0,0
      dd PD                    ; cr3
      dd task2, 2              ; eip, eflags
      dd 0,0,0,0               ; eax ecx edx ebx
      dd T2STK,0,0,0
      dd KDATA,KCODE,KDATA,KDATA,KDATA,KDATA
      dd 0
      dw 0,104
align 16
dftss: dd 0,0,0,0,0,0,0
      dd PD
      dd df_task, 2
      dd 0,0,0,0
      dd DFSTK,0,0,0
      dd KDATA,KCODE,KDATA,KDATA,KDATA,KDATA
      dd 0
      dw 0,104
    times 512*(SECTORS+1)-($-$$) db 0
    times 1474560-($-$$) db 0
