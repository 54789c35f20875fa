; case-runner.asm - the guest of the differential tests: runs one case after another and prints what each left behind.
; A case is a record (case-image.ts writes them behind this program): what memory must hold, control, segment and general registers, how it
; begins, and which memory to print at its end. It begins in protected or virtual-8086 mode by IRET, in ring 0 on a stack of its own, or
; in real-address mode by a far jump; it ends by a fault or by INT 0x41. Either way one result goes to port 0xE9. Between cases paging is off.

; A record's words, copied to CURRENT. Behind them: what memory must hold (see `prepare`), then what to print (see `print`).
CURRENT         equ 0x9000                      ; below 64 KBytes, where real-address mode sees it, too
SIZE            equ 0x00
ENTRY           equ 0x04                        ; 0 IRET, 1 real-address mode, 2 ring 0 with SS and ESP
GENERAL         equ 0x08                        ; POPA's registers
FRAME           equ 0x28                        ; EIP, CS, EFLAGS, ESP, SS, ES, DS, FS, GS
SEGMENTS        equ 0x4c                        ; ES, FS, GS, DS, SS as loaded before, in protected mode
CR0_            equ 0x60
CR3_            equ 0x64
CR4_            equ 0x68
TR_             equ 0x6c
LDTR_           equ 0x70
IDTR_           equ 0x74                        ; dw 0, limit; dd base
DEBUG           equ 0x7c                        ; DR0 to DR3, DR6, DR7
EFER_           equ 0x94
RECORD_WORDS    equ 0x98 / 4

RESULT          equ 0x9200
RESULT_BYTES    equ 26 * 4
LOW             equ 0x8000                      ; where the code for real-address mode is put
LOW_SEGMENT     equ LOW >> 4
LOW_STACK       equ 0x3000                      ; offset in LOW_SEGMENT
STACK           equ 0x190000
END_OF_CASE     equ 0x41

bits 32
org 0x200000
        dd 0x1badb002, 0, -0x1badb002           ; Multiboot header; then what case-image.ts reads and writes
        dd start, stubs, real_stubs - low
records: dd 0
start:
        cli
        cld
        mov al, 0xff                            ; no interrupt of the machine's own
        out 0x21, al
        out 0xa1, al
        lgdt [gdt_pointer]
        jmp 0x08:.flat
.flat:  mov eax, 0x10
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov esp, STACK
        mov esi, mark
        mov ecx, MARK_BYTES
        mov edx, 0xe9
        rep outsb
        mov ebx, [records]

; EBX: the next record; paging is off, segments are flat.
next_case:
        mov esi, ebx
        mov ecx, [esi]
        test ecx, ecx
        jz done
        add ebx, ecx
        mov [following], ebx
        mov edi, CURRENT
        mov ecx, RECORD_WORDS
        rep movsd
        push esi
        mov esi, low
        mov edi, LOW
        mov ecx, (low_end - low + 3) / 4
        rep movsd
        mov edi, RESULT
        mov ecx, RESULT_BYTES / 4
        xor eax, eax
        rep stosd
        pop esi

; Memory: dd address, number of words with 0x80000000 for one word that fills them, 0x40000000 for the address of what is copied; their words.
prepare:
        lodsd
        mov edi, eax
        lodsd
        mov ecx, eax
        and ecx, 0xfffffff
        jz .ready
        test eax, eax
        js .fill
        test eax, 0x40000000
        jz .copy
        lodsd
        push esi
        mov esi, eax
        rep movsd
        pop esi
        jmp prepare
.copy:  rep movsd
        jmp prepare
.fill:  lodsd
        rep stosd
        jmp prepare
.ready: mov [printed], esi

        mov eax, [CURRENT + EFER_]
        cmp eax, [efer]
        je .same_efer
        mov [efer], eax
        xor edx, edx
        mov ecx, 0xc0000080
        wrmsr
.same_efer:
        mov eax, [CURRENT + CR4_]
        test eax, eax
        jz .no_cr4
        mov cr4, eax
.no_cr4:
        mov eax, [CURRENT + CR3_]
        mov cr3, eax
        xor eax, eax
        mov cr2, eax
        lgdt [case_gdt_pointer]
        mov eax, [CURRENT + LDTR_]
        lldt ax
        mov eax, [CURRENT + TR_]
        ltr ax
        cmp dword [CURRENT + ENTRY], 1
        je real_case
        lidt [CURRENT + IDTR_ + 2]
        mov eax, [CURRENT + CR0_]
        mov cr0, eax
        mov eax, [CURRENT + DEBUG + 0x14]
        test eax, eax
        jz .no_breakpoints
        mov eax, [CURRENT + DEBUG]
        mov dr0, eax
        mov eax, [CURRENT + DEBUG + 4]
        mov dr1, eax
        mov eax, [CURRENT + DEBUG + 8]
        mov dr2, eax
        mov eax, [CURRENT + DEBUG + 12]
        mov dr3, eax
        mov eax, [CURRENT + DEBUG + 16]
        mov dr6, eax
        mov eax, [CURRENT + DEBUG + 20]
        mov dr7, eax
.no_breakpoints:
        mov es, [CURRENT + SEGMENTS]
        mov fs, [CURRENT + SEGMENTS + 4]
        mov gs, [CURRENT + SEGMENTS + 8]
        cmp dword [CURRENT + ENTRY], 2
        je .own_stack
        mov esp, CURRENT + GENERAL
        mov ds, [CURRENT + SEGMENTS + 12]
        popa
        iret
.own_stack:
        mov eax, [CURRENT + SEGMENTS + 12]
        mov [case_ds], eax
        mov ss, [CURRENT + FRAME + 16]
        mov esp, [CURRENT + FRAME + 12]
        push dword [CURRENT + FRAME + 8]
        push dword [CURRENT + FRAME + 4]
        push dword [CURRENT + FRAME]
        mov edi, [CURRENT + GENERAL]
        mov esi, [CURRENT + GENERAL + 4]
        mov ebp, [CURRENT + GENERAL + 8]
        mov ebx, [CURRENT + GENERAL + 16]
        mov edx, [CURRENT + GENERAL + 20]
        mov ecx, [CURRENT + GENERAL + 24]
        mov eax, [CURRENT + GENERAL + 28]
        mov ds, [case_ds]
        iret
; Real-address mode keeps the limits that the selectors give here.
real_case:
        mov eax, [CURRENT + SEGMENTS + 12]
        mov [case_ds], eax
        mov es, [CURRENT + SEGMENTS]
        mov fs, [CURRENT + SEGMENTS + 4]
        mov gs, [CURRENT + SEGMENTS + 8]
        mov ss, [CURRENT + SEGMENTS + 16]
        mov ds, [case_ds]
        jmp 0x78:0                              ; the case's GDT: 16-bit code at LOW

done:   mov al, 0
        out 0xf4, al
        cli
        hlt

; Entered with the vector on top of an error code, or 0 in its place; ring 0, whatever the data segments hold.
collect:
        push eax
        mov eax, ds
        push eax
        mov eax, 0x10
        mov ds, eax
        pop dword [RESULT + 60]
        pop dword [RESULT + 32]
        pop dword [RESULT]
        pop dword [RESULT + 4]
        pop dword [RESULT + 12]
        pop dword [RESULT + 16]
        pop dword [RESULT + 20]
        mov [RESULT + 36], ecx
        mov [RESULT + 40], edx
        mov [RESULT + 44], ebx
        mov [RESULT + 48], ebp
        mov [RESULT + 52], esi
        mov [RESULT + 56], edi
        mov [RESULT + 64], es
        mov [RESULT + 68], fs
        mov [RESULT + 72], gs
        mov [RESULT + 24], esp
        mov [RESULT + 28], ss
        test byte [RESULT + 22], 2              ; virtual-8086 mode
        jnz .virtual
        test byte [RESULT + 16], 3
        jnz .other_ring
        mov ecx, 7                              ; frame and pushes lie in the window: their flags may be undefined
.clear: push dword 0
        loop .clear
        jmp .stack_known
.virtual:
        pop dword [RESULT + 24]
        pop dword [RESULT + 28]
        pop dword [RESULT + 64]
        pop dword [RESULT + 60]
        pop dword [RESULT + 68]
        pop dword [RESULT + 72]
        jmp .stack_known
.other_ring:
        pop dword [RESULT + 24]
        pop dword [RESULT + 28]
.stack_known:
        mov eax, cr0
        mov [RESULT + 76], eax
; From real-address mode, too: registers are in RESULT, DS is flat.
collected:
        mov eax, 0x10
        mov es, eax
        mov ss, eax
        mov esp, STACK
        cld
        mov eax, cr2
        mov [RESULT + 8], eax
        mov eax, cr3
        mov [RESULT + 80], eax
        cmp dword [CURRENT + CR4_], 0
        je .no_cr4
        mov eax, cr4
        mov [RESULT + 84], eax
.no_cr4:
        str [RESULT + 88]
        sldt [RESULT + 92]
        cmp dword [CURRENT + DEBUG + 0x14], 0
        je .no_breakpoints
        mov eax, dr6
        mov [RESULT + 96], eax
        mov eax, dr7
        mov [RESULT + 100], eax
        xor eax, eax
        mov dr7, eax
.no_breakpoints:
        mov eax, 0x31                           ; NE, ET, PE; not PG, WP, AM, TS
        mov cr0, eax
        jmp .unpaged
.unpaged:
        cmp dword [CURRENT + CR4_], 0
        je .reset_cr4
        xor eax, eax
        mov cr4, eax
.reset_cr4:
        lgdt [gdt_pointer]
        jmp 0x08:.own_gdt
.own_gdt:
        mov eax, 0x10
        mov ds, eax
        mov es, eax
        mov ss, eax
        xor eax, eax
        mov fs, eax
        mov gs, eax
        mov edx, 0xe9
        mov esi, RESULT
        mov ecx, RESULT_BYTES
        rep outsb
        mov ebx, [printed]

; What to print: dd address, number of bytes; 0 bytes end it.
print:
        mov esi, [ebx]
        mov ecx, [ebx + 4]
        add ebx, 8
        jecxz .end
        rep outsb
        jmp print
.end:   mov ebx, [following]
        jmp next_case

align 16
stubs:
%assign vector 0
%rep 32
%if vector == 1
        jmp debug_exception
%else
%if vector != 8 && (vector < 10 || vector > 14) && vector != 17
        push dword 0
%endif
        push dword vector
        jmp collect
%endif
        align 16
%assign vector vector + 1
%endrep
        push dword 0                            ; the 33rd: the end of a case
        push dword END_OF_CASE
        jmp collect
align 16
; DR7.GD traps the reads of `collected`, too: then the trap has cleared it, and they are made again.
debug_exception:
        cmp dword [esp], collected
        jb .of_case
        cmp dword [esp], print
        jae .of_case
        iret
.of_case:
        push dword 0
        push dword 1
        jmp collect

%include "case-runner-real.asm"

align 16
gdt:    dq 0
        dq 0x00cf9b000000ffff                   ; 0x08 code, ring 0
        dq 0x00cf93000000ffff                   ; 0x10 data, ring 0
gdt_end:
gdt_pointer:
        dw gdt_end - gdt - 1
        dd gdt
case_gdt_pointer:
        dw 0xbf
        dd 0x180000
mark:   db 'RESULTS:'                           ; behind whatever the emulator printed itself
MARK_BYTES      equ $ - mark
following: dd 0
printed: dd 0
case_ds: dd 0
efer:   dd 0
