; case-runner.asm - the guest of the differential tests: runs one case after another and prints what each left behind.
; A case is a record (case-image.ts writes them behind this program): registers, an IRET frame, descriptors, a gate, page entries, code,
; a memory window. The frame starts the case in ring 0 or 3; it ends by a fault or by INT 0x41. Either way `collect` writes one
; result to port 0xE9, and everything is set up anew for the next. The offsets below are those of case-image.ts.

RECORD_FRAME    equ 0x20                        ; 0x00 POPA's registers; here EIP, CS, EFLAGS, ESP, SS
RECORD_DATA     equ 0x34                        ; selector for DS, ES, FS, GS
RECORD_CR0      equ 0x38
RECORD_PDE      equ 0x3c                        ; then four page-table entries
RECORD_GDT      equ 0x50                        ; four descriptors, for the GDT and the LDT
RECORD_GATE     equ 0x70
RECORD_PORTS    equ 0x78                        ; I/O permission bits of ports 0xe0 to 0xff
RECORD_CODE     equ 0x80
RECORD_WINDOW   equ 0xc0
RECORD_STACKS   equ 0x140                       ; pointer and SS of rings 1 and 2, for the TSS
RECORD_TR       equ 0x150                       ; selector for TR: the 32-bit or the 16-bit TSS
RECORD_PLACE    equ 0x154                       ; where the code goes: its linear address
RECORD_BYTES    equ 0x160
RECORDS         equ 0x1000000                   ; dd count, then from +0x10 the records

PAGE_DIRECTORY  equ 0x180000
PAGE_TABLE      equ 0x181000                    ; of 0x400000: code, stubs and window
TEST_TABLE      equ 0x182000                    ; of 0x800000: the case's own entries
LOW_TABLE       equ 0x183000                    ; of 0: this program alone, so that a stray jump faults
IDT             equ 0x184000
IDT_LIMIT       equ 0x62 * 8 - 1
KERNEL_STACK    equ 0x190000
KERNEL_STACK16  equ 0x8000                      ; the same, in the stack segment of the 16-bit TSS
CODE            equ 0x400000
CODE_AREA       equ 0x1040                      ; cases begin in the first page and may go on in the next
STUBS           equ 0x402000                    ; code every ring may execute
WINDOW          equ 0x410fc0                    ; 128 bytes across a page border
RESULT_BYTES    equ 0x110

bits 32
org 0x100000
        dd 0x1badb002, 0, -0x1badb002           ; Multiboot header
        dd start                                ; case-image.ts reads the entry point here
start:
        cli
        mov al, 0xff                            ; no interrupt of the machine's own
        out 0x21, al
        out 0xa1, al
        lgdt [gdt_pointer]
        jmp 0x08:.flat
.flat:  mov eax, 0x10
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov esp, KERNEL_STACK
        call make_page_tables
        call make_idt
        mov word [STUBS], 0x41cd                ; int 0x41: where gates and IRETs of the cases lead
        mov eax, [RECORDS]
        imul eax, RECORD_BYTES
        add eax, RECORDS + 0x10
        mov [cases_end], eax
        mov esi, mark
        mov ecx, MARK_BYTES
        mov edx, 0xe9
        rep outsb

next_case:
        mov eax, cr0
        and eax, ~0x10000                       ; WP off: code pages are read-only
        mov cr0, eax
        mov ebx, [case]
        cmp ebx, [cases_end]
        jae done
        add dword [case], RECORD_BYTES
        lea esi, [ebx + RECORD_GDT]
        mov edi, gdt_test
        mov ecx, 8
        rep movsd
        lea esi, [ebx + RECORD_GDT]
        mov edi, ldt
        mov ecx, 8
        rep movsd
        lea esi, [ebx + RECORD_GATE]
        mov edi, IDT + 0x60 * 8
        movsd
        movsd
        lodsd
        mov [tss + 104 + 0xe0 / 8], eax
        lea esi, [ebx + RECORD_PDE]
        mov edi, PAGE_DIRECTORY + 2 * 4
        movsd
        mov edi, TEST_TABLE
        mov ecx, 4
        rep movsd
        mov eax, 0x41cd41cd                     ; int 0x41 in the place of earlier cases' code: a stray jump ends
        mov edi, CODE
        mov ecx, CODE_AREA / 4
        rep stosd
        lea esi, [ebx + RECORD_CODE]
        mov edi, [ebx + RECORD_PLACE]
        mov ecx, 16
        rep movsd
        xor eax, eax
        mov edi, WINDOW & ~0xfff
        mov ecx, 2 * 0x1000 / 4
        rep stosd
        lea esi, [ebx + RECORD_WINDOW]
        mov edi, WINDOW
        mov ecx, 32
        rep movsd
        lea esi, [ebx + RECORD_STACKS]
        mov edi, tss + 12
        mov ecx, 4
        rep movsd
        mov ax, [ebx + RECORD_STACKS]
        mov [tss16 + 6], ax
        mov ax, [ebx + RECORD_STACKS + 4]
        mov [tss16 + 8], ax
        mov ax, [ebx + RECORD_STACKS + 8]
        mov [tss16 + 10], ax
        mov ax, [ebx + RECORD_STACKS + 12]
        mov [tss16 + 12], ax
        mov esi, ebx                            ; to one place: with a 16-bit stack, IRET keeps the upper half of ESP
        mov edi, frame
        mov ecx, 13
        rep movsd
        or byte [gdt_tss + 5], 2                ; the other one stays busy: no case switches tasks
        or byte [gdt_tss16 + 5], 2
        mov eax, [ebx + RECORD_TR]
        and byte [gdt + eax + 5], ~2
        ltr ax
        mov eax, 0x30
        lldt ax
        lidt [idt_pointer]
        xor eax, eax
        mov cr2, eax
        mov eax, PAGE_DIRECTORY
        mov cr3, eax
        mov eax, [ebx + RECORD_CR0]
        mov cr0, eax
        mov eax, [ebx + RECORD_DATA]
        mov es, eax
        mov fs, eax
        mov gs, eax
        mov esp, frame
        mov ds, eax
        popa
        iret                                    ; ring 0 cases load ESP themselves

; Entered with the vector on top of an error code, or 0 in its place; ring 0, whatever the data segments hold.
collect:
        push eax
        mov eax, ds
        push eax
        mov eax, 0x10
        mov ds, eax
        pop dword [result.ds]
        pop dword [result.eax]
        pop dword [result.vector]
        pop dword [result.error]
        pop dword [result.eip]
        pop dword [result.cs]
        pop dword [result.eflags]
        mov [result.ecx], ecx
        mov [result.edx], edx
        mov [result.ebx], ebx
        mov [result.ebp], ebp
        mov [result.esi], esi
        mov [result.edi], edi
        mov eax, es
        mov [result.es], eax
        mov eax, fs
        mov [result.fs], eax
        mov eax, gs
        mov [result.gs], eax
        mov [result.esp], esp
        mov eax, ss
        mov [result.ss], eax
        mov eax, 0x10
        mov es, eax
        cld
        test byte [result.eflags + 2], 2        ; virtual-8086 mode: CS is no selector
        jnz .other_ring
        test byte [result.cs], 3
        jz .same_ring
.other_ring:
        pop dword [result.esp]
        pop dword [result.ss]
        jmp .stack_known
.same_ring:                                     ; frame and pushes lie in the window: their flags may be undefined
        mov ecx, 7
.clear: mov dword [esp + ecx * 4 - 32], 0
        loop .clear
.stack_known:
        mov eax, 0x10
        mov ss, eax
        mov esp, KERNEL_STACK
        mov eax, cr2
        mov [result.cr2], eax
        mov esi, gdt_test
        mov edi, result.gdt
        mov ecx, 8
        rep movsd
        mov esi, PAGE_DIRECTORY + 2 * 4
        movsd
        mov esi, TEST_TABLE
        mov ecx, 4
        rep movsd
        mov eax, [ldt + 4]
        stosd
        mov eax, [ldt + 12]
        stosd
        mov eax, [ldt + 20]
        stosd
        mov eax, [ldt + 28]
        stosd
        mov esi, WINDOW
        mov edi, result.window
        mov ecx, 32
        rep movsd
        mov esi, result
        mov ecx, RESULT_BYTES
        mov edx, 0xe9
        rep outsb
        jmp next_case

done:   mov al, 0
        out 0xf4, al
        cli
        hlt

; Supervisor pages over this program and, of 4 MBytes, the records; code and stubs read-only, the window writable, both for every ring.
make_page_tables:
        mov eax, cr4
        or eax, 0x10                            ; PSE
        mov cr4, eax
        mov dword [PAGE_DIRECTORY], LOW_TABLE | 3
        mov eax, 0x100003
        mov edi, LOW_TABLE + 0x100 * 4
        mov ecx, 0x100
.low:   stosd
        add eax, 0x1000
        loop .low
        mov dword [PAGE_DIRECTORY + 4], PAGE_TABLE | 7
        mov eax, RECORDS | 0x83
        mov edi, PAGE_DIRECTORY + (RECORDS >> 20)
        mov ecx, 12
.next:  stosd
        add eax, 0x400000
        loop .next
        mov dword [PAGE_TABLE], 0x400005
        mov dword [PAGE_TABLE + 4], 0x401005
        mov dword [PAGE_TABLE + 8], 0x402005
        mov dword [PAGE_TABLE + 0x40], 0x410007
        mov dword [PAGE_TABLE + 0x44], 0x411007
        mov eax, PAGE_DIRECTORY
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        ret

; Interrupt gates to the vectors' stubs; INT3, INTO and INT 0x41 for every ring.
make_idt:
        mov esi, stubs
        mov edi, IDT
        mov ecx, 32
.next:  mov eax, esi
        mov edx, 0x8e00
        call .gate
        add esi, 16
        loop .next
        or byte [IDT + 3 * 8 + 5], 0x60
        or byte [IDT + 4 * 8 + 5], 0x60
        mov eax, end_of_case
        mov edx, 0xee00
        mov edi, IDT + 0x41 * 8
        call .gate
        ret
.gate:  mov [edi], ax
        mov word [edi + 2], 8
        mov [edi + 4], dx
        shr eax, 16
        mov [edi + 6], ax
        add edi, 8
        ret

align 16
stubs:
%assign vector 0
%rep 32
%if vector != 8 && (vector < 10 || vector > 14) && vector != 17
        push dword 0
%endif
        push dword vector
        jmp collect
        align 16
%assign vector vector + 1
%endrep
end_of_case:
        push dword 0
        push dword 0x41
        jmp collect

align 16
gdt:    dq 0
        dq 0x00cf9b000000ffff                   ; 0x08 code, ring 0
        dq 0x00cf93000000ffff                   ; 0x10 data, ring 0
        dq 0x00cffb000000ffff                   ; 0x18 code, ring 3
        dq 0x00cff3000000ffff                   ; 0x20 data, ring 3
gdt_tss:
        dw tss_end - tss - 1, tss - $$          ; 0x28; the program lies at 0x100000
        dd 0x00008910
        dw 0x1f, ldt - $$                       ; 0x30
        dd 0x00008210
gdt_test:
        times 4 dq 0                            ; 0x38 to 0x50: the case's
        dq 0x00cfb3000000ffff                   ; 0x58 data, ring 1
        dq 0x00cfd3000000ffff                   ; 0x60 data, ring 2
gdt_tss16:
        dw tss16_end - tss16 - 1, tss16 - $$    ; 0x68
        dd 0x00008110
        dd 0x8000ffff, 0x00409318               ; 0x70 its stack of ring 0, at 0x188000
gdt_end:
ldt:    times 4 dq 0
tss16:  dw 0, KERNEL_STACK16, 0x70
        times 44 - ($ - tss16) db 0
tss16_end:
tss:    dd 0, KERNEL_STACK, 0x10, 0, 0, 0, 0
        times 104 - 2 - ($ - tss) db 0
        dw 104
        times 33 db 0xff
tss_end:
gdt_pointer:
        dw gdt_end - gdt - 1
        dd gdt
idt_pointer:
        dw IDT_LIMIT
        dd IDT
mark:   db 'RESULTS:'                           ; behind whatever the emulator printed itself
MARK_BYTES      equ $ - mark
case:   dd RECORDS + 0x10
cases_end:
        dd 0
align 16
frame:  times 13 dd 0
align 16
result:
.vector: dd 0
.error: dd 0
.cr2:   dd 0
.eip:   dd 0
.cs:    dd 0
.eflags: dd 0
.esp:   dd 0
.ss:    dd 0
.eax:   dd 0
.ecx:   dd 0
.edx:   dd 0
.ebx:   dd 0
.ebp:   dd 0
.esi:   dd 0
.edi:   dd 0
.ds:    dd 0
.es:    dd 0
.fs:    dd 0
.gs:    dd 0
.gdt:   times 4 dq 0                            ; accessed bits
.pages: times 5 dd 0                            ; accessed and dirty bits
.ldt:   times 4 dd 0                            ; accessed bits
.window:
        times 128 db 0
        times RESULT_BYTES - ($ - result) db 0
